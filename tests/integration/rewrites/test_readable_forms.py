"""Lines that the readable program has in another form than the session: each gives what the model gives, on real Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import RunContext
from readings import read_outcome, reading
from sessions import both, model_of
from test_workload import MODELS, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

__all__ = ["tables"]


@pytest.fixture(autouse=True)
def _without_caches(spark: Any) -> Iterator[None]:
    yield
    spark.catalog.clearCache()


SHOWN = {
    "columns of a named list": (
        ("NAMES = ['name', 'cust']\nfor c in NAMES:\n    df = df.withColumn(f'{c}_up', F.upper(F.col(c)))\n"
        "df = df.withColumn('n', F.lit(len([c for c in NAMES])))\nfor c in df.columns[:0]:\n    pass\nreturn df"),
        "df = df.withColumns({f'{c}_up': F.upper(F.col(c)) for c in NAMES})",
    ),
    "columns of a dict": (
        ("for c, kind in {'q': 'string', 'n': 'double'}.items():\n    df = df.withColumn(c, F.col(c).cast(kind))\n"
        "for c in df.columns[:1]:\n    df = df.filter(F.col(c).isNotNull())\nreturn df"),
        "    df = df.withColumns({\n        c: F.col(c).cast(kind) for c, kind in {'q': 'string', 'n': 'double'}.items()\n    })",
    ),
    "columns that are there": (
        "for c in ['q', 'none', 'n']:\n    if c in df.columns:\n        df = df.withColumn(c, F.col(c) + 1)\nreturn df",
        "df = df.withColumns({c: F.col(c) + 1 for c in ['q', 'none', 'n'] if c in df.columns})",
    ),
    "columns that are not there": (
        "for c in ['q', 'none', 'other']:\n    if c not in df.columns:\n        df = df.withColumn(c, F.lit(None).cast('int'))\nreturn df",
        "        c: F.lit(None).cast('int') for c in ['q', 'none', 'other'] if c not in df.columns\n    })",
    ),
    "all columns of a kind": (
        "for c in df.columns:\n    if c.startswith('x'):\n        df = df.withColumn(c, F.col(c).cast('string'))\nreturn df",
        "with_columns(df, [(c, F.col(c).cast('string')) for c in df.columns if c.startswith('x')])",
    ),
    "a column that reads the one before": (
        "for a, b in [('u', 'q'), ('v', 'u')]:\n    if a != b:\n        df = df.withColumn(a, F.col(b) + 1)\nreturn df",
        "with_columns(df, [(a, F.col(b) + 1) for a, b in [('u', 'q'), ('v', 'u')] if a != b])",
    ),
    "one name twice": (
        "for c in ['q', 'Q', 'q']:\n    if c in df.columns:\n        df = df.withColumn(c, F.col(c) + 1)\nreturn df",
        "with_columns(df, [(c, F.col(c) + 1) for c in ['q', 'Q', 'q'] if c in df.columns])",
    ),
    "new names": (
        "for c in df.columns:\n    df = df.withColumnRenamed(c, c.upper())\nreturn df.select('id')",
        "renamed(df, [(c, c.upper()) for c in df.columns])",
    ),
    "new names by a value": (
        "df = df.select('id', 'q', 'n')\nfor c in df.columns:\n    new = 'z_' + c.lower()\n    df = df.withColumnRenamed(c, new)\nreturn df",
        "renamed(df, [(c, 'z_' + c.lower()) for c in df.columns])",
    ),
    "new names that meet": (
        ("df = df.select('id', 'q', 'n')\nfor c, d in [('id', 'q'), ('q', 'w')]:\n    df = df.withColumnRenamed(c, d)\n"
        "return df.toDF('a', 'b', 'c')"),
        "renamed(df, [(c, d) for c, d in [('id', 'q'), ('q', 'w')]])",
    ),
    "a count": (
        "df = df.filter('q > 5')\nprint(f'{df.count():,} rows', 'df.count')\nreturn df",
        "# after the write: print(f'{df.count():,} rows', 'df.count')",
    ),
    "a named count": (
        "label = 'kept'\ndf = df.filter('q > 5')\nn = df.count()\nprint(label, n)\nprint(f'{label}: {n} rows')\nreturn df",
        "n = spark.table(\"default.m__standalone\").count()\nlabel = 'kept'\nprint(label, n)\nprint(f'{label}: {n} rows')",
    ),
    "checks": (
        ("r = df.groupBy('cust').agg(F.max('q').alias('hi'))\nprint(r.count())\n"
        "if r.filter('hi < 0').count() > 0:\n    raise ValueError('negative')\nreturn r"),
        "r.cache()  # computed once for lines 8, 9 and the write",
    ),
    "a check in a branch": (
        "r = df.groupBy('cust').count()\nif dbt.this.schema:\n    print('rows')\n    print(r.distinct().count())\nreturn r",
        "    r.cache()  # computed once for line 10 and the write\n        print(r.distinct().count())",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_form_gives_what_the_model_gives(spark: Any, name: str) -> None:
    body, line = SHOWN[name]
    text = _alike(spark, model_of(body))
    assert line in text


KEPT = {
    "the variable is used later": (
        "for c in ['q', 'n']:\n    if c in df.columns:\n        df = df.withColumn(c, F.col(c) + 1)\n"
        "return df.withColumn('last', F.lit(c))"
    ),
    "another column is looked for": (
        "for c in ['q', 'q_2', 'n']:\n    if c in df.columns:\n        df = df.withColumn(f'{c}_2', F.col(c) + 1)\nreturn df"
    ),
    "a generator": (
        "for c in ['tags']:\n    if c in df.columns:\n        df = df.withColumn(c, F.explode(F.col(c)))\nreturn df.select('id', 'tags')"
    ),
    "the frame is read": (
        "for c in ['q', 'n']:\n    if c in df.columns:\n        df = df.withColumn(c, df[c] + F.lit(len(df.columns)))\nreturn df"
    ),
    "two columns in a round": (
        "for c in ['q', 'n']:\n    df = df.withColumn(c, F.col(c) + 1)\n    df = df.withColumn(f'{c}_s', F.col(c).cast('string'))\nreturn df"
    ),
    "a count that another return leaves out": (
        "if df.isEmpty():\n    return df.select('id')\nprint(df.count())\nreturn df"
    ),
    "a text that looks like a count": "print('df.count() is', df.count())\nreturn df",
    "a report by what only the function has": (
        "import logging\nn = df.count()\nlogging.warning('%s rows', n)\nprint(n)\nreturn df"
    ),
    "a check whose frame is not returned": (
        "r = df.groupBy('cust').count()\nif r.count() == 0:\n    return df.select('id')\nreturn r"
    ),
    "a check of a scan": "r = df.filter('q > 5')\nif r.count() > 2:\n    print('more than two')\nreturn r",
    "a check in a try": (
        "r = df.groupBy('cust').count()\ntry:\n    print(r.count())\nexcept ValueError:\n    print('none')\nreturn r"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_a_line_without_such_a_form_stays(spark: Any, name: str) -> None:
    text = _alike(spark, model_of(KEPT[name]))
    code = text[text.index("-------- models/m.py") :]
    code = code[: code.index("# -------- ")]
    assert not any(
        word in code for word in ("withColumns", "with_columns(", "after the write", ".cache()")
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_the_workload_reads_as_it_runs(
    spark: Any, tables: dict[str, str], name: str
) -> None:
    context = RunContext(
        is_incremental=name == "fct_departures", this={"relation": "w_fct_departures"}
    )
    _alike(spark, MODELS[name].read_text(encoding="utf-8"), tables, context)


def _alike(
    spark: Any,
    source: str,
    tables: dict[str, str] | None = None,
    context: RunContext | None = None,
) -> str:
    """The readable program of a model, which gives the same rows and prints the same as the model as written and as planned."""
    tables, context = tables or {"t": "v_t"}, context or RunContext()
    _, written, planned = both(spark, source, tables, context)
    text = reading(source, tables, context)
    found = read_outcome(spark, text)
    told = f"{text}\nas written: {written}\nas read: {found}"
    assert written.error == "", told
    assert written.same(planned), told
    assert written.same(found), told
    assert written.printed == found.printed, told
    return text
