"""Tempting rewrites that would change a result: every one is refused, for the right reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan

HEADER = "import pandas as pd\nfrom pyspark.sql import functions as F\n\n"


def planned(body: str, context: RunContext | None = None) -> Plan:
    """The plan of a model with this body, or of a whole file."""
    text = body
    if "def model" not in body:
        lines = [
            "def model(dbt, session):",
            '    df = dbt.ref("t")',
            *("    " + x for x in body.strip().splitlines()),
        ]
        text = HEADER + "\n".join(lines) + "\n"
    return plan(analyze(text), text, context or RunContext())


STRICT = RunContext(optimize=Optimize(strict=True))


def reasons(made: Plan, rewrite: str) -> set[str]:
    return {decision.reason for decision in made.decisions if decision.rewrite == rewrite}


AGGREGATION = {
    "a sum by hand beside a row": ("pdf = df.toPandas()\nx = pdf['a'].sum()\nreturn pdf[['a']]", "rows_used"),
    "a mask": ("pdf = df.toPandas()\nx = pdf[pdf['a'] > 1]['b'].max()\nreturn pd.DataFrame({'n': [x, len(pdf)]})", "rows_used"),
    "the frame is returned too": ("pdf = df.toPandas()\nx = len(pdf)\nreturn pdf", "rows_used"),
    "a column is written": ("pdf = df.toPandas()\npdf['z'] = 1\nreturn pd.DataFrame({'n': [pdf['z'].sum()]})", "rows_used"),
    "the number of columns": ("pdf = df.toPandas()\nreturn pd.DataFrame({'n': [pdf.shape[1], len(pdf)]})", "rows_used"),
    "values in order of appearance": ("pdf = df.toPandas()\nx = pdf['a'].unique()\nreturn pd.DataFrame({'n': x, 'm': len(pdf)})", "aggregate_order"),
    "groups in order of appearance": ("pdf = df.toPandas()\nx = pdf.groupby('a', sort=False).size()\nreturn pd.DataFrame({'n': x, 'm': len(pdf)})", "aggregate_order"),
    "counts of NULL": ("pdf = df.toPandas()\nx = pdf['a'].value_counts(dropna=False)\nreturn pd.DataFrame({'n': x, 'm': len(pdf)})", "unknown_aggregation"),
    "a median": ("pdf = df.toPandas()\nx = pdf.groupby('a')['b'].median()\nreturn pd.DataFrame({'n': x, 'm': len(pdf)})", "unknown_aggregation"),
    "all columns": ("pdf = df.toPandas()\nx = pdf.groupby('a').sum()\nreturn pd.DataFrame({'n': x['b'], 'm': len(pdf)})", "unknown_aggregation"),
    "a function": ("pdf = df.toPandas()\nx = pdf.groupby('a').agg(n=('b', len))\nreturn pd.DataFrame({'n': x['n'], 'm': len(pdf)})", "unknown_aggregation"),
    "several aggregations of a column": ("pdf = df.toPandas()\nx = pdf.groupby('a').agg({'b': ['min', 'max']})\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})", "unknown_aggregation"),
    "several columns of groups at once": ("pdf = df.toPandas()\nx = pdf.groupby('a')[['b', 'c']].sum()\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})", "unknown_aggregation"),
    "a computed key": ("pdf = df.toPandas()\nk = df.columns[:2]\nx = pdf.groupby(k).size()\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})", "unknown_aggregation"),
    "a level": ("pdf = df.toPandas()\nx = pdf.groupby('a', group_keys=True).size()\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})", "unknown_aggregation"),
    "its failure is handled": ("try:\n    n = len(df.toPandas())\nexcept Exception:\n    n = 0\nreturn pd.DataFrame({'n': [n]})", "in_try"),
    "text that names it": ("pdf = df.toPandas()\nx = pd.eval('pdf.a + 1'), len(pdf)\nreturn pd.DataFrame({'n': [x]})", "named_in_text"),
    "another place for it": ("d = {}\nd['a'] = pdf = df.toPandas()\nreturn pd.DataFrame({'n': [len(pdf)]})", "frame_alias"),
    "a nested function": ("pdf = df.toPandas()\nn = len(pdf)\ndef g():\n    return pdf\nreturn pd.DataFrame({'n': [n]})", "escapes"),
    "infinity that is missing": ("pd.options.mode.use_inf_as_na = True\nn = df.toPandas()['a'].max()\nreturn pd.DataFrame({'n': [n]})", "nan_semantics"),
    "decimals that are rounded": ("import decimal\ndecimal.getcontext().prec = 3\nn = df.toPandas()['a'].sum()\nreturn pd.DataFrame({'n': [n]})", "nan_semantics"),
    "local variables": ("pdf = df.toPandas()\nn = len(pdf)\nreturn pd.DataFrame({'n': [n, len(locals())]})", "frame_alias"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), AGGREGATION.values(), ids=AGGREGATION)
def test_driver_aggregation(body: str, reason: str) -> None:
    assert reasons(planned(body), "driver_aggregation") == {reason}


def test_an_aggregation_keeps_its_errors_where_the_model_is_strict() -> None:
    strict = RunContext(optimize=Optimize(strict=True))
    made = planned("n = len(df.toPandas())\nreturn pd.DataFrame({'n': [n]})", strict)
    assert reasons(made, "driver_aggregation") == {"may_raise"}


ROWS = {
    "the first of an unknown frame": ("return pd.DataFrame({'n': [r[0] for r in df.collect()]})", "positional"),
    "the last": ("df = df.select('a', 'b')\nreturn pd.DataFrame({'n': [r[-1] for r in df.collect()]})", "positional"),
    "whole dicts": ("return pd.DataFrame({'n': [r.asDict() for r in df.collect()]})", "row_wise"),
    "nested dicts": ("return pd.DataFrame({'n': [r.asDict(True)['a'] for r in df.collect()]})", "row_wise"),
    "a key that is computed": ("k = dbt.config.get('k')\nreturn pd.DataFrame({'n': [r.asDict()[k] for r in df.collect()]})", "row_wise"),
    "a slice that is returned": ("rows = df.collect()\nx = rows[:3]\nreturn session.createDataFrame(x, df.schema)", "escapes"),
    "an enumeration that is kept": ("x = enumerate(df.collect())\nreturn pd.DataFrame({'n': [r.a for _, r in x]})", "escapes"),
    "a name that gets another value only sometimes": ("rows = df.collect()\nif dbt.config.get('x'):\n    rows = [r.a for r in rows]\nreturn pd.DataFrame({'n': rows})", "escapes"),
    "a name that gets another value in a loop": ("for i in range(2):\n    print(rows if i else 0)\n    rows = df.collect()\n    rows = [r.a for r in rows]\nreturn pd.DataFrame({'n': rows})", None),
    "a global name": ("global rows\nrows = df.collect()\nreturn pd.DataFrame({'n': [r.a for r in rows]})", "frame_alias"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), ROWS.values(), ids=ROWS)
def test_rows(body: str, reason: str | None) -> None:
    made = planned(body)
    assert not [d for d in made.decisions if d.applied and d.rewrite == "projection"]
    assert reason is None or reason in reasons(made, "projection")


PROJECTION = {
    "the frame is returned": ("return df.toPandas()", "frame_returned"),
    "a frame made of it is returned": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] > 1]\nreturn pdf", "frame_returned"),
    "the list of columns": ("pdf = df.toPandas()\nn = len(pdf.columns)\nreturn pd.DataFrame({'n': [n, pdf['a'].sum()]})", "column_list_used"),
    "the types": ("pdf = df.toPandas()\nprint(pdf.dtypes)\nreturn pd.DataFrame({'n': [pdf['a'].sum()]})", "column_list_used"),
    "the number of columns": ("pdf = df.toPandas()\nx = pdf['a'].sum() + pdf.shape[1]\nreturn pd.DataFrame({'n': [x]})", "column_list_used"),
    "iteration gives names": ("pdf = df.toPandas()\nx = [c for c in pdf]\nreturn pd.DataFrame({'n': x})", "column_list_used"),
    "a test of a label": ("pdf = df.toPandas()\nx = 'b' in pdf\nreturn pd.DataFrame({'n': [x, pdf['a'].sum()]})", "column_list_used"),
    "the frame is printed": ("pdf = df.toPandas()\nprint(pdf)\nreturn pd.DataFrame({'n': [pdf['a'].sum()]})", "column_list_used"),
    "values by position": ("pdf = df.toPandas()\nx = pdf.iloc[0, 1]\nreturn pd.DataFrame({'n': [x, pdf['a'].sum()]})", "positional"),
    "a row has one type for all": ("pdf = df.toPandas()\nx = [r['a'] for _, r in pdf.iterrows()]\nreturn pd.DataFrame({'n': x})", "row_wise"),
    "apply": ("pdf = df.toPandas()\nx = pdf.apply(len, axis=1)\nreturn pd.DataFrame({'n': x, 'm': pdf['a']})", "row_wise"),
    "to_dict": ("pdf = df.toPandas()\nx = pdf.to_dict('records')\nreturn pd.DataFrame(x)", "row_wise"),
    "all duplicates": ("pdf = df.toPandas()\npdf = pdf.drop_duplicates()\nreturn pd.DataFrame({'n': pdf['a']})", "operator_changes_rows"),
    "dropna of any column": ("pdf = df.toPandas()\npdf = pdf.dropna()\nreturn pd.DataFrame({'n': pdf['a']})", "operator_changes_rows"),
    "fillna of all columns": ("pdf = df.toPandas()\npdf = pdf.fillna(0)\nreturn pd.DataFrame({'n': pdf['a']})", "operator_changes_rows"),
    "a natural join": ("pdf = df.toPandas()\no = pd.DataFrame({'a': [1]})\nx = pdf.merge(o)\nreturn pd.DataFrame({'n': x['a']})", "column_list_used"),
    "an aggregation of all": ("pdf = df.toPandas()\nx = pdf.groupby('a').sum()\nreturn x.reset_index()", "aggregated"),
    "an unknown method": ("pdf = df.toPandas()\nx = pdf.describe()\nreturn pd.DataFrame({'n': pdf['a']})", "unknown_method"),
    "select by type": ("pdf = df.toPandas()\nx = pdf.select_dtypes('number')\nreturn pd.DataFrame({'n': pdf['a']})", "unknown_method"),
    "a computed name": ("c = dbt.config.get('c')\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf[c]})", "computed_name"),
    "new labels": ("pdf = df.toPandas()\npdf.columns = ['a', 'b']\nreturn pd.DataFrame({'n': pdf['a']})", "renamed_labels"),
    "an unknown function": ("import json\npdf = df.toPandas()\njson.dumps(pdf)\nreturn pd.DataFrame({'n': pdf['a']})", "escapes"),
    "a UDF with side effects": ("u = F.udf(lambda x: print(x))\ndf = df.withColumn('z', u('a'))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['a']})", "python_udf"),
    "pandas-on-Spark is lazy": ("p = df.pandas_api()\nreturn p[['a']]", "lazy"),
    "its failure is handled": ("try:\n    pdf = df.toPandas()\n    x = pdf['a'].sum()\nexcept Exception:\n    x = 0\nreturn pd.DataFrame({'n': [x]})", "in_try"),
    "a manager of the file's own": ("from files import open\nwith open('f'):\n    pdf = df.toPandas()\n    x = pdf['a'].sum()\nreturn pd.DataFrame({'n': [1]})", "in_try"),
    "a manager of another module": ("from quiet import catch_warnings\nwith catch_warnings():\n    pdf = df.toPandas()\n    x = pdf['a'].sum()\nreturn pd.DataFrame({'n': [1]})", "in_try"),
    "a failure that is let pass": ("import contextlib\nwith contextlib.suppress(Exception):\n    pdf = df.toPandas()\n    x = pdf['a'].sum()\nreturn pd.DataFrame({'n': [1]})", "in_try"),
    "SQL that names a variable": ("import boto3\npdf = df.toPandas()\nx = pdf['a'].sum()\nreturn boto3.sql('select a, b from pdf')", "named_in_text"),
    "SQL in an f-string": ("import boto3\nc = 'b'\npdf = df.toPandas()\nx = pdf['a'].sum()\nreturn boto3.sql(f'select {c} from pdf')", "named_in_text"),
    "an expression of pandas in a text": ("pdf = df.toPandas()\nx = pdf['a'] + pd.eval('pdf.b + 1')\nreturn pd.DataFrame({'n': x})", "named_in_text"),
    "SQL that names the rows": ("rows = df.collect()\nx = [r.a for r in rows]\nreturn session.sql('select b from rows')", "named_in_text"),
    "a view of a frame with a UDF": ("u = F.udf(lambda x: x)\ndf.withColumn('z', u('a')).createOrReplaceTempView('v')\npdf = session.table('v').toPandas()\nreturn pd.DataFrame({'n': pdf['a']})", "python_udf"),
    "pandas-on-Spark that is collected": ("p = df.pandas_api()\npdf = p.to_pandas()\nreturn pd.DataFrame({'n': pdf['a']})", "index_attached"),
    "a function of whole rows": ("def g(parts):\n    yield from parts\nreturn df.mapInPandas(g, 'a int')", "whole_rows"),
    "only the number of rows": ("pdf = df.toPandas()\nreturn pd.DataFrame({'n': [len(pdf)]})", "no_columns_used"),
    "rows by position": ("x = [r[0] for r in df.collect()]\nreturn pd.DataFrame({'n': x})", "positional"),
    "rows taken apart": ("x = [a for a, b in df.collect()]\nreturn pd.DataFrame({'n': x})", "positional"),
    "whole rows": ("x = [r.asDict() for r in df.collect()]\nreturn pd.DataFrame(x)", "row_wise"),
    "rows handed on": ("return session.createDataFrame(df.collect())", "escapes"),
}  # fmt: skip


PROJECTION_WHERE_ERRORS_STAY = {
    "a conversion in a loop": ("x = []\nfor i in range(3):\n    pdf = df.filter(F.col('a') > i).toPandas()\n    x.append(pdf['a'].sum())\nreturn pd.DataFrame({'n': x})", "in_loop"),
    "a column that checks": ("df = df.withColumn('ok', F.assert_true(F.col('a') > 0))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['a']})", "may_raise"),
    "a date that may not be one": ("df = df.withColumn('d', F.to_date('b', 'yyyy-MM-dd'))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['a']})", "may_raise"),
    "one row of every group": ("df = df.dropDuplicates(['a'])\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['b']})", "order_undefined"),
    "the first value of every group": ("df = df.groupBy('a').agg(F.first('b').alias('b'), F.first('c').alias('c'))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['b']})", "order_undefined"),
}  # fmt: skip
"""Else the session asks the plan (tests/integration/rewrites/test_sound_projection.py)."""


@pytest.mark.parametrize(
    ("body", "reason"), PROJECTION_WHERE_ERRORS_STAY.values(), ids=PROJECTION_WHERE_ERRORS_STAY
)
def test_columns_are_not_left_out_where_errors_stay(body: str, reason: str) -> None:
    made = planned(body, RunContext(optimize=Optimize(strict=True)))
    assert reasons(made, "projection") == {reason}
    assert "__dbt_glue_project__" not in made.source
    assert "__dbt_glue_project__" in planned(body).source


@pytest.mark.parametrize(("body", "reason"), PROJECTION.values(), ids=PROJECTION)
def test_columns_are_not_left_out(body: str, reason: str) -> None:
    made = planned(body)
    assert reasons(made, "projection") == {reason}
    assert "__dbt_glue_project__" not in made.source


EMPTINESS = {
    "the count fills a cache": ("df = df.cache()\nif df.count() == 0:\n    return df\nreturn df", "cached"),
    "persisted below": ("base = df.persist()\ng = base.filter('a > 1')\nif g.count() == 0:\n    return df\nreturn g", "cached"),
    "compared with another number": ("if df.count() > 10:\n    return df\nreturn df.limit(1)", "count_value_used"),
    "the number is kept": ("n = df.count()\nif n == 0:\n    return df\nprint(n)\nreturn df", "count_value_used"),
    "the number is a column": ("return df.withColumn('n', F.lit(df.count()))", "count_value_used"),
    "a filter by a UDF": ("u = F.udf(lambda x: True, 'boolean')\ng = df.withColumn('ok', u('a')).filter('ok')\nif g.count() == 0:\n    return df\nreturn g", "python_udf"),
    "random rows": ("g = df.withColumn('r', F.rand()).filter('r > 0.5')\nif g.count() == 0:\n    return df\nreturn g", "nondeterministic"),
    "a function of a module that is not followed": ("import shared\ng = df.filter(shared.checked('a'))\nif g.count() == 0:\n    return df\nreturn g", "python_udf"),
    "a bare count": ("n = df.count()\nreturn df", "value_discarded"),
    "its failure is handled": ("try:\n    n = df.count() == 0\nexcept Exception:\n    n = True\nreturn df.limit(1) if n else df", "in_try"),
    "a failure that is let pass": ("import contextlib\nwith contextlib.suppress(Exception):\n    if df.count() == 0:\n        return df\nreturn df", "in_try"),
    "an observed frame": ("from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\nif g.count() == 0:\n    return df\nreturn df.withColumn('n', F.lit(o.get['n']))", "observed"),
    "an assertion": ("g = df.filter(F.assert_true(F.col('a') > 0).isNull())\nif g.count() == 0:\n    return df\nreturn df", "may_raise"),
    "an assertion in SQL": ("g = df.filter(\"if(a > 0, true, raise_error('no'))\")\nif g.count() == 0:\n    return df\nreturn df", "may_raise"),
    "a session in ANSI mode": ("session.conf.set('spark.sql.ansi.enabled', True)\ng = df.filter(F.col('a') > 0)\nif g.count() == 0:\n    return df\nreturn df", "may_raise"),
    "SQL of the configs": ("g = df.filter(dbt.config.get('where'))\nif g.count() == 0:\n    return df\nreturn df", "may_raise"),
    "SQL that is computed": ("g = df.selectExpr(*dbt.config.get('columns'))\nif g.count() == 0:\n    return df\nreturn df", "may_raise"),
    "a cache that SQL makes": ("session.sql('cache lazy table t')\nif df.count() == 0:\n    return df\nreturn df", "cached"),
    "a cache of the catalog": ("session.catalog.cacheTable('t')\nif df.count() == 0:\n    return df\nreturn df", "cached"),
    "the same plan is cached": ("dbt.ref('t').cache()\nif df.count() == 0:\n    return df\nreturn df", "cached"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), EMPTINESS.values(), ids=EMPTINESS)
def test_counts_stay_counts_where_errors_and_caches_stay(body: str, reason: str) -> None:
    made = planned(body, STRICT)
    assert reasons(made, "emptiness") == {reason}
    assert "isEmpty" not in made.source


def test_what_is_said_of_a_model_forbids_nothing() -> None:
    body = '"""Counts the rows (all of them) in transit."""\ng = df.filter(F.col("a") > 0)\nif g.count() == 0:\n    return df\nreturn df'
    assert reasons(planned(body), "emptiness") == {"applied"}


STRICT_AND_ANSI = [replace(STRICT, ansi=True), replace(STRICT, spark=(4, 1))]


def test_ansi_mode_and_spark_4_may_raise() -> None:
    body = "g = df.filter(F.col('a') > 0)\nif g.count() == 0:\n    return df\nreturn df"
    for context in STRICT_AND_ANSI:
        assert reasons(planned(body, context), "emptiness") == {"may_raise"}
        made = planned(body, replace(context, optimize=Optimize()))
        assert "g.isEmpty()" in made.source


NAMES_ONLY = "df = session.createDataFrame([('x', 1, 'p')], 'a string, b bigint, c string')\ng = df%s\nif g.count() == 0:\n    return df\nreturn df"


@pytest.mark.parametrize(
    "step",
    [
        "",
        ".select('a', df['b'])",
        ".withColumnRenamed('a', 'd').drop('c').distinct()",
        ".orderBy(F.col('b').desc()).select(F.lit(-1).alias('n'))",
    ],
)
def test_in_ansi_mode_what_only_names_columns_does_not_raise(step: str) -> None:
    for context in (RunContext(ansi=True), RunContext(spark=(4, 1))):
        assert reasons(planned(NAMES_ONLY % step, context), "emptiness") == {"applied"}


@pytest.mark.parametrize(
    "step",
    [
        ".select(df.b + 1)",
        ".select(-df.b)",
        ".select(df.a.cast('int'))",
        ".selectExpr('a + 1')",
        ".filter('a > 1')",
        ".filter(df.a == 1)",
        ".select(df.a[0])",
        ".select(F.array('a', 'b'))",
        ".union(df)",
        ".join(df, 'a')",
        ".groupBy('a').sum('b')",
    ],
)
def test_in_ansi_mode_what_computes_or_converts_may_raise(step: str) -> None:
    for context in STRICT_AND_ANSI:
        assert reasons(planned(NAMES_ONLY % step, context), "emptiness") == {"may_raise"}


FILTERS = {
    "not equal keeps NULL in pandas": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] != 'x'].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "the index has holes": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] == 'x']\nreturn pd.DataFrame({'i': pdf.index})", "index_used"),
    "the unfiltered rows are used": ("pdf = df.toPandas()\nx = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nreturn pdf", "frame_alias"),
    "None is less than no text": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] > 'x'].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "a computed value": ("x = 3.5 * 2\npdf = df.toPandas()\npdf = pdf[pdf['a'] > x].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "one of two may keep NULL": ("pdf = df.toPandas()\npdf = pdf[(pdf['a'] == 'x') & (pdf['b'] != 1)].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "either of two": ("pdf = df.toPandas()\npdf = pdf[(pdf['a'] == 'x') | (pdf['b'] > 1)].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "a method that looks like a column": ("pdf = df.toPandas()\npdf = pdf[pdf.size > 3].reset_index(drop=True)\nreturn pdf", "computed_name"),
    "infinity": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] < 1e999].reset_index(drop=True)\nreturn pdf", "nan_semantics"),
    "a UDF with side effects": ("u = F.udf(lambda x: print(x))\ndf = df.withColumn('z', u('a'))\npdf = df.toPandas()\npdf = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nreturn pdf", "python_udf"),
    "its failure is handled by another result": ("try:\n    pdf = df.toPandas()\n    pdf = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nexcept Exception:\n    return df\nreturn pdf", "in_try"),
    "an expression that names it": ("pdf = df.toPandas()\npdf = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nreturn pd.DataFrame({'n': pd.eval('pdf.b + 1')})", "named_in_text"),
}  # fmt: skip


FILTERS_WHERE_ERRORS_STAY = {
    "its failure is handled": ("try:\n    pdf = df.toPandas()\n    pdf = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nexcept Exception:\n    raise\nreturn pdf", "in_try"),
    "a limit below": ("pdf = df.limit(5).toPandas()\npdf = pdf[pdf['a'] == 'x'].reset_index(drop=True)\nreturn pdf", "order_undefined"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "reason"), FILTERS_WHERE_ERRORS_STAY.values(), ids=FILTERS_WHERE_ERRORS_STAY
)
def test_rows_are_not_left_out_where_errors_stay(body: str, reason: str) -> None:
    made = planned(body, RunContext(optimize=Optimize(strict=True)))
    assert reasons(made, "filters") == {reason}
    assert "__dbt_glue_filter__" not in made.source
    assert "__dbt_glue_filter__" in planned(body).source


@pytest.mark.parametrize(("body", "reason"), FILTERS.values(), ids=FILTERS)
def test_rows_are_not_left_out(body: str, reason: str) -> None:
    made = planned(body)
    assert reasons(made, "filters") == {reason}
    assert "__dbt_glue_filter__" not in made.source


WITH_COLUMNS = {
    "two steps in a round": ("for c in ['a', 'b']:\n    x = c\n    df = df.withColumn(c, F.col(x))\nreturn df", "conditional_columns"),
    "under a condition": ("for c in ['a', 'b']:\n    if c:\n        df = df.withColumn(c, F.col(c))\nreturn df", "conditional_columns"),
    "renames": ("for c in ['a', 'b']:\n    df = df.withColumnRenamed(c, c + '1')\nreturn df", "conditional_columns"),
    "a function of the model": ("def g(c):\n    return F.col(c)\nfor c in ['a', 'b']:\n    df = df.withColumn(c, g(c))\nreturn df", "unknown_call"),
    "the frame so far": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.lit(len(df.columns)))\nreturn df", "unknown_call"),
    "every column so far": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.struct('*'))\nreturn df", "writes_visible"),
    "the variable afterwards": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.col(c))\nreturn df.select(c)", "loop_variable_used"),
    "a column read after its write": ("df = df.withColumn('x', F.col('a')).withColumn('y', F.col('x')).withColumn('z', F.lit(1))\nreturn df", "writes_visible"),
    "a column written twice": ("df = df.withColumn('x', F.col('a')).withColumn('X', F.col('b')).withColumn('z', F.lit(1))\nreturn df", "writes_visible"),
    "a column read in SQL": ("df = df.withColumn('x', F.col('a')).withColumn('y', F.expr('x + 1')).withColumn('z', F.lit(1))\nreturn df", "writes_visible"),
    "a generator": ("return df.withColumn('id', F.lit(1)).withColumn('tag', F.explode('tags')).withColumn('x', F.lit(1))", "generator"),
    "a generator in SQL": ("return df.withColumn('id', F.lit(1)).withColumn('tag', F.expr('explode(tags)')).withColumn('x', F.lit(1))", "generator"),
    "numbers of rows": ("return df.withColumn('id', F.monotonically_increasing_id()).withColumn('y', F.lit(1)).withColumn('x', F.lit(1))", "nondeterministic"),
    "random values in SQL": ("return df.withColumn('id', F.expr('uuid()')).withColumn('y', F.lit(1)).withColumn('x', F.lit(1))", "nondeterministic"),
    "random values with a seed": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.rand(7))\nreturn df", "nondeterministic"),
    "steps before a failure": ("try:\n    for c in ['a', 'b']:\n        df = df.withColumn(c, F.col(c))\nexcept Exception:\n    pass\nreturn df", "in_try"),
    "steps before a failure that is let pass": ("import contextlib\nwith contextlib.suppress(Exception):\n    for c in ['a', 'b']:\n        df = df.withColumn(c, F.col(c))\nreturn df", "in_try"),
    "items that look at the frame so far": ("for c in (x + '_' for x in ['a'] if x in df.columns):\n    df = df.withColumn(c, F.lit(1))\nreturn df", "iterable_lazy"),
    "items of a generator": ("def names():\n    yield 'a'\nfor c in names():\n    df = df.withColumn(c, F.lit(1))\nreturn df", "iterable_lazy"),
    "items of a name that is not followed": ("names = iter(['a', 'b'])\nfor c in names:\n    df = df.withColumn(c, F.lit(1))\nreturn df", "iterable_lazy"),
    "a zip of a generator": ("g = (n for n in 'ab')\nfor c, n in zip(g, range(9)):\n    df = df.withColumn(c, F.lit(n))\nreturn df", "iterable_lazy"),
    "the variable is deleted": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.col(c))\ndel c\nreturn df", "loop_variable_used"),
    "the receiver in parentheses": ("return (df).withColumn('x', F.lit(1)).withColumn('y', F.lit(2)).withColumn('z', F.lit(3))", "chain_parentheses"),
    "two columns": ("return df.withColumn('x', F.lit(1)).withColumn('y', F.lit(2))", "few_columns"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), WITH_COLUMNS.values(), ids=WITH_COLUMNS)
def test_columns_are_added_one_by_one(body: str, reason: str) -> None:
    made = planned(body, STRICT)
    assert reasons(made, "with_columns") == {reason}
    assert "__dbt_glue_with" not in made.source
    assert "__dbt_glue_chain" not in made.source


PARTIAL = {
    "identity": ("if dbt.is_incremental is True:\n    return df\nreturn df", "identity_test"),
    "the object is kept": ("x = dbt.is_incremental\nprint(x)\nreturn df", "not_boolean"),
    "an alias": ("r = dbt\nif r.is_incremental:\n    return df\nreturn df", "via_alias"),
    "an f-string": ("return df.filter(f'a = {dbt.config.get(\"k\")}')", "in_fstring"),
    "a list can change": ("x = dbt.config.get('many')\nx.append(1)\nreturn df", "mutable_value"),
    "a long text": ("x = dbt.config.get('long')\nreturn df", "too_large"),
    "an identity test of a literal": ("x = dbt.config.get('k') is None\nreturn df", "identity_test"),
    "a part of a value": ("x = dbt.config.get('long')[0]\nreturn df", "too_large"),
    "a part of a short value": ("x = dbt.config.get('k')[0]\nreturn df", "value_taken_apart"),
    "a computed key": ("k = 'a' + 'b'\nx = dbt.config.get(k)\nreturn df", "computed_name"),
    "several lines": ("x = dbt.config.get(\n    'k'\n)\nreturn df", "spans_lines"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), PARTIAL.values(), ids=PARTIAL)
def test_values_stay_calls(body: str, reason: str) -> None:
    made = planned(body, RunContext(config={"k": 5, "many": [1], "long": "x" * 1000}))
    assert reason in reasons(made, "partial_evaluation")
    assert made.source == made.original


def test_the_packages_of_a_branch_that_goes_stay() -> None:
    body = "if dbt.is_incremental:\n    import umap\n    df = df.limit(1)\nreturn df"
    made = planned(body, RunContext(config={"packages": ["umap-learn"]}))
    assert reasons(made, "partial_evaluation") == {"applied", "packages_stay"}


DEBUG = {
    "not asked for": ("df.show()\nreturn df", "default_keeps", False),
    "the count fills a cache": ("df = df.cache()\ndf.count()\nreturn df", "cached", True),
    "a UDF below": ("u = F.udf(lambda x: x)\ndf = df.withColumn('z', u('a'))\ndf.show()\nreturn df", "python_udf", True),
    "random values": ("df = df.withColumn('r', F.rand())\ndf.show()\nreturn df", "nondeterministic", True),
    "an observed frame": ("from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\ng.count()\nreturn df", "observed", True),
    "an assertion": ("df = df.filter(F.assert_true(F.col('a') > 0).isNull())\ndf.show()\nreturn df", "may_raise", True),
    "a cache that SQL makes": ("session.sql('cache lazy table t')\ndf.count()\nreturn df", "cached", True),
    "its failure is handled": ("try:\n    df.count()\nexcept Exception:\n    return df.limit(0)\nreturn df", "in_try", True),
    "a computed frame": ("df.filter('a > 1').show()\nreturn df", "receiver_computed", True),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason", "asked"), DEBUG.values(), ids=DEBUG)
def test_debug_actions_stay(body: str, reason: str, asked: bool) -> None:
    made = planned(body, RunContext(optimize_actions=asked))
    assert reasons(made, "debug_actions") == {reason}
    assert made.source == made.original


COUNTS = {
    "another frame is returned": ("n = df.count()\nprint(f'{n} rows')\nreturn df.limit(1)", "not_returned"),
    "a part of it is counted": ("g = df.filter('a > 1')\nprint(g.count())\nreturn df", "not_returned"),
    "computed in the report": ("print(df.filter('a > 1').count())\nreturn df", "receiver_computed"),
    "a write between": ("print(df.count())\nsession.sql('delete from t')\nreturn df", "count_reported"),
    "the frame is made anew": ("n = df.count()\ndf = df.filter('a > 1')\nprint(n)\nreturn df", "count_reported"),
    "a report that asks something else": ("import time\nprint(df.count(), time.time())\nreturn df", "count_reported"),
    "a report by a function": ("def info(n):\n    raise ValueError(n)\ninfo(df.count())\nreturn df", "count_reported"),
    "a report of a variable": ("x = [1]\nprint(df.count(), x)\nreturn df", "count_reported"),
    "a report to a file": ("import sys\nprint(df.count(), file=sys.stderr)\nreturn df", "count_reported"),
    "its failure is handled": ("try:\n    print(df.count())\nexcept Exception:\n    pass\nreturn df", "in_try"),
    "a block without a return": ("if dbt.config.get('x'):\n    print(df.count())\nreturn df", "count_reported"),
    "a cached frame": ("df = df.cache()\nprint(df.count())\nreturn df", "cached"),
    "random rows": ("df = df.filter(F.rand() > 0.5)\nprint(df.count())\nreturn df", "nondeterministic"),
    "an observed frame": ("from pyspark.sql import Observation\no = Observation()\ndf = df.observe(o, F.count(F.lit(1)).alias('n'))\nprint(df.count())\nreturn df", "observed"),
    "a UDF that asks the clock": ("import time\nu = F.udf(lambda x: time.time() > x, 'boolean')\ndf = df.filter(u('a'))\nprint(df.count())\nreturn df", "python_udf"),
    "a UDF that writes": ("def seen(x):\n    open('f', 'a').write(x)\n    return x\nu = F.udf(seen)\ndf = df.filter(u('a') == 'x')\nprint(df.count())\nreturn df", "python_udf"),
    "a UDF that remembers": ("had = []\ndef seen(x):\n    had.append(x)\n    return len(had) > 1\ndf = df.filter(F.udf(seen, 'boolean')('a'))\nprint(df.count())\nreturn df", "python_udf"),
    "some rows of many": ("df = df.limit(5).filter('a > 1')\nprint(df.count())\nreturn df", "order_undefined"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), COUNTS.values(), ids=COUNTS)
def test_reported_counts_stay(body: str, reason: str) -> None:
    made = planned(body)
    assert reasons(made, "counts") == {reason}
    assert "__dbt_glue_after_write__" not in made.source


@pytest.mark.parametrize(
    "name", ["emptiness", "projection", "with_columns", "partial_evaluation", "arrow"]
)
def test_one_rewrite_can_be_switched_off(name: str) -> None:
    body = (
        "if dbt.is_incremental:\n    return df\nif df.count() == 0:\n    return df\n"
        "for c in ['a', 'b']:\n    df = df.withColumn(c, F.col(c))\n"
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['a']})"
    )
    everything = {d.rewrite for d in planned(body).decisions if d.applied}
    assert everything == {
        *("emptiness", "projection", "with_columns", "partial_evaluation", "arrow")
    }
    made = planned(body, RunContext(optimize=Optimize.of({"disable": [name]})))
    assert reasons(made, name) == {"disabled"}
    assert {d.rewrite for d in made.decisions if d.applied} == everything - {name}


def test_optimize_false_changes_nothing() -> None:
    made = planned(
        "if df.count() == 0:\n    return df\nreturn df", RunContext(optimize=Optimize.of(False))
    )
    assert made.source == made.original
    assert not made.decisions


@pytest.mark.parametrize("value", [3, {"disable": ["nothing"]}, {"off": []}, "maybe"])
def test_a_wrong_optimize_is_told(value: object) -> None:
    with pytest.raises(ValueError, match="optimize"):
        Optimize.of(value)
