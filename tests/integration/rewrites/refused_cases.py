"""Rewrites that tempt and are unsound: a model, what a bolder planner would make of it, and why ours leaves it alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from refused_frames import COUNTS, DEBUG, EMPTINESS, PARTIAL, WITH_COLUMNS
from refused_pandas import AGGREGATION, FILTERS, PROJECTION


@dataclass(frozen=True)
class Case:
    """`body` is a model's body; `tempting` is it after the rewrite that is refused for `reason`.

    `incremental`, `actions` and `strict` are the run's, `arrow` and `adaptive` its Spark's.
    """

    rewrite: str
    reason: str
    body: str
    tempting: str
    incremental: bool = True
    actions: bool = False
    arrow: bool = False
    adaptive: bool = True
    strict: bool = False


_TABLES = {
    "projection": PROJECTION,
    "filters": FILTERS,
    "driver_aggregation": AGGREGATION,
    "emptiness": EMPTINESS,
    "with_columns": WITH_COLUMNS,
    "partial_evaluation": PARTIAL,
    "counts": COUNTS,
    "debug_actions": DEBUG,
}
CASES = {
    f"{rewrite}: {name}": Case(
        rewrite,
        *case,
        actions=rewrite == "debug_actions",
        # Adaptive execution fills a whole cache for any action that reads of it.
        adaptive=case[0] != "cached",
        # Else the session asks the plan (test_sound_rows, test_sound_columns).
        strict=rewrite in ("emptiness", "with_columns"),
    )
    for rewrite, cases in _TABLES.items()
    for name, case in cases.items()
}
CASES["debug_actions: nobody asked for it"] = Case(
    "debug_actions", "default_keeps", "df.show()\nreturn df.select('id')", "return df.select('id')"
)

for _name in (
    "projection: a conversion per round",
    "projection: a failure in a column that is not read",
    "filters: a filter below row numbers",
):
    # Else they are right, or the session asks the plan (test_sound_projection).
    CASES[_name] = replace(CASES[_name], strict=True)

IN_THE_SESSION = {
    "a self-join has every name twice": Case(
        "projection", "names of columns differ by case only",
        "a = dbt.ref('t').alias('a')\nj = a.join(df.alias('b'), F.col('a.id') == F.col('b.id'))\npdf = j.toPandas()\nreturn pd.DataFrame({'n': [str(type(pdf['q']).__name__)]})",
        "a = dbt.ref('t').alias('a')\nj = a.join(df.alias('b'), F.col('a.id') == F.col('b.id'))\npdf = j.select('a.q').toPandas()\nreturn pd.DataFrame({'n': [str(type(pdf['q']).__name__)]})",
    ),
    "Arrow does not know a type": Case(
        "projection", "Arrow does not know",
        "df = df.withColumn('y', F.expr(\"INTERVAL '1-2' YEAR TO MONTH\"))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': [type(x).__name__ for x in pdf['tags']]})",
        "pdf = df.select('tags').toPandas()\nreturn pd.DataFrame({'n': [type(x).__name__ for x in pdf['tags']]})",
        arrow=True,
    ),
    "rows without NULL change an integer column": Case(
        "filters", "NULL decides the pandas type",
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] == 'y'].reset_index(drop=True)\nreturn pdf[['n']]",
        "pdf = df.filter(F.col('name') == 'y').toPandas()\nreturn pdf[['n']]",
    ),
    "an integer column is compared as a float": Case(
        "filters", "n is int, not double",
        "pdf = df.toPandas()\npdf = pdf[pdf['n'] > 5].reset_index(drop=True)\nreturn pdf[['n']]",
        "pdf = df.filter('n > 5').toPandas()\nreturn pdf[['n']]",
    ),
    "a number is compared with a text": Case(
        "filters", "amount is double, not string",
        "pdf = df.toPandas()\npdf = pdf[pdf['amount'] == '7.0'].reset_index(drop=True)\nreturn pdf[['cust', 'name']]",
        "pdf = df.filter(F.col('amount') == '7.0').toPandas()\nreturn pdf[['cust', 'name']]",
    ),
    "floats are added in the order of their rows": Case(
        "driver_aggregation", "depends on the order of rows",
        "pdf = df.toPandas()\nreturn pdf.groupby('cust')['amount'].sum().reset_index()",
        "return df.groupBy('cust').agg(F.sum('amount').alias('amount')).filter('cust is not null').orderBy('cust')",
    ),
    "values that are equally frequent": Case(
        "driver_aggregation", "the order of rows decides",
        "pdf = df.toPandas()\nreturn pdf['name'].value_counts().reset_index()",
        "return df.filter('name is not null').groupBy('name').count().orderBy(F.desc('count'), F.desc('name'))",
    ),
    "integers that no double holds": Case(
        "driver_aggregation", "may not be exact",
        "df = df.withColumn('b', F.col('id') + F.lit(9007199254740992))\npdf = df.toPandas()\nreturn pd.DataFrame({'s': [str(pdf['b'].sum())]})",
        "s = df.agg(F.sum((F.col('id') + F.lit(9007199254740992)).cast('double'))).collect()[0][0]\nreturn pd.DataFrame({'s': [str(int(s))]})",
    ),
    "columns that were computed and written before": Case(
        "with_columns", "may read a column that was added",
        "for c in sorted({'q', 'r'}):\n    df = df.withColumn(c, F.col('q') + 1)\nreturn df.select('q', 'r')",
        "df = df.withColumns({c: F.col('q') + 1 for c in ['q', 'r']})\nreturn df.select('q', 'r')",
    ),
    "the same column twice": Case(
        "with_columns", "a column is written twice",
        "for c in ['q', 'q']:\n    df = df.withColumn(c, F.col(c) + 1)\nreturn df",
        "return df.withColumns({c: F.col(c) + 1 for c in ['q', 'q']})",
    ),
}  # fmt: skip
"""Those that the plan leaves to the session, which finds a reason of its own and does as the source says."""
