"""A rewritten model gives the rows, columns, types and errors of the written one, on real Spark."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from glue_compiler.plan import RunContext
from programs import CONFIG, program
from sessions import both, model_of, outcome

pytestmark = pytest.mark.spark

PROGRAMS = int(os.environ.get("DBT_GLUE_REWRITE_PROGRAMS", "30"))


def test_generated_programs(spark: Any) -> None:
    applied: dict[str, int] = {}
    for seed in range(PROGRAMS):
        random = Random(seed)
        body, table = program(random)
        arrow = random.random() < 0.5
        spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", str(arrow).lower())
        context = RunContext(is_incremental=random.random() < 0.5, config=CONFIG)
        made, before, after = both(spark, body, {"t": f"v_{table}"}, context)
        assert before.same(after, ordered=True), (
            f"{seed} {table} arrow={arrow}\n{made.source}\n{before}\n{after}"
        )
        for decision in made.decisions:
            if decision.applied:
                applied[decision.rewrite] = applied.get(decision.rewrite, 0) + 1
    assert {"with_columns", "projection", "filters", "emptiness", "partial_evaluation"} <= set(
        applied
    )
    print(f"{PROGRAMS} programs; applied {applied}")


# What a planner would do without the reason for which ours refuses: (body, the tempting body, table).
TEMPTING = {
    "not equal keeps NULL in pandas": (
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] != 'x'].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(F.col('name') != 'x').toPandas()\npdf = pdf[pdf['name'] != 'x'].reset_index(drop=True)\nreturn pdf[['cust']]",
        "plain",
    ),
    "NaN is above every number in Spark": (
        "pdf = df.toPandas()\nx = pdf[pdf['amount'] > 2]\nreturn pd.DataFrame({'n': [len(x)]})",
        "return df.filter('amount > 2').groupBy().count().withColumnRenamed('count', 'n')",
        "plain",
    ),
    "rows without NULL change an integer column's type": (
        "pdf = df.toPandas()\npdf = pdf[pdf['n'] > 5].reset_index(drop=True)\nreturn pdf[['n']]",
        "pdf = df.filter('n > 5').toPandas()\nreturn pdf[['n']]",
        "t",
    ),
    "the index has holes after a filter": (
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] == 'x']\nreturn pd.DataFrame({'i': pdf.index})",
        "pdf = df.filter(F.col('name') == 'x').toPandas()\nreturn pd.DataFrame({'i': pdf.index})",
        "plain",
    ),
    "the number of columns is used": (
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [pdf.shape[1]], 'm': [pdf['amount'].max()]})",
        "pdf = df.select('amount').toPandas()\nreturn pd.DataFrame({'n': [pdf.shape[1]], 'm': [pdf['amount'].max()]})",
        "plain",
    ),
    "duplicates are rows that are alike in all columns": (
        "pdf = df.toPandas()\npdf = pdf.drop_duplicates()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "pdf = df.select('cust').toPandas()\npdf = pdf.drop_duplicates()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "plain",
    ),
    "dropna looks at all columns": (
        "pdf = df.toPandas()\npdf = pdf.dropna()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "pdf = df.select('cust').toPandas()\npdf = pdf.dropna()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "plain",
    ),
    "a row of pandas has one type": (
        "df = df.select('q', 'amount')\npdf = df.toPandas()\nreturn pd.DataFrame({'v': [r['q'] for _, r in pdf.iterrows()]})",
        "pdf = df.select('q').toPandas()\nreturn pd.DataFrame({'v': [r['q'] for _, r in pdf.iterrows()]})",
        "t",
    ),
    "a column by position": (
        "rows = [r[0] for r in df.collect()]\nreturn pd.DataFrame({'v': rows})",
        "rows = [r[0] for r in df.select('q').collect()]\nreturn pd.DataFrame({'v': rows})",
        "t",
    ),
    "a column that was written before": (
        "return df.withColumn('q', F.lit(1)).withColumn('z', F.col('q') + 1).withColumn('y', F.lit(1))",
        "return df.withColumns({'q': F.lit(1), 'z': F.col('q') + 1, 'y': F.lit(1)})",
        "t",
    ),
    "a column that is written twice": (
        "for c in ['q', 'q']:\n    df = df.withColumn(c, F.col(c) + 1)\nreturn df",
        "return df.withColumns({c: F.col(c) + 1 for c in ['q', 'q']})",
        "t",
    ),
    "a natural join joins by all common columns": (
        "o = pd.DataFrame({'cust': ['k1'], 'name': ['x']})\npdf = df.toPandas()\nreturn pdf.merge(o)[['cust']]",
        "o = pd.DataFrame({'cust': ['k1'], 'name': ['x']})\npdf = df.select('cust').toPandas()\nreturn pdf.merge(o)[['cust']]",
        "plain",
    ),
    "identity is not equality": (
        "if dbt.is_incremental is True:\n    return df.limit(1)\nreturn df",
        "if True is True:\n    return df.limit(1)\nreturn df",
        "t",
    ),
}


@pytest.mark.parametrize(("body", "tempting", "table"), TEMPTING.values(), ids=TEMPTING)
def test_what_is_refused_would_have_changed_the_result(
    spark: Any, body: str, tempting: str, table: str
) -> None:
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "false")
    context = RunContext(is_incremental=True)
    tables = {"t": f"v_{table}"}
    _, before, after = both(spark, body, tables, context)
    changed = outcome(spark, model_of(tempting), tables, context, None)
    assert not before.error
    assert before.same(after, ordered=True)
    assert not before.same(changed)


def test_a_side_effect_of_a_udf_is_kept(spark: Any) -> None:
    seen = spark.sparkContext.accumulator(0)
    source = (
        "from pyspark.sql import functions as F\n\ndef model(dbt, session):\n    df = dbt.ref('t')\n"
        "    seen = dbt.config.get('seen')\n    def tell(x):\n        seen.add(1)\n        return True\n"
        "    g = df.filter(F.udf(tell, 'boolean')('id'))\n    if g.count() == 0:\n        return df.limit(1)\n    return df.select('id')\n"
    )
    context = RunContext(config={"seen": seen})
    made, before, after = both(spark, source, {"t": "v_t"}, context)
    assert "isEmpty" not in made.source
    assert before.same(after)
    assert seen.value == 12
