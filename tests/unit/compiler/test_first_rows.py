"""Counts that the session is asked about: their forms, and the few that stay although errors need not."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan

HEADER = "import pandas as pd\nfrom pyspark.sql import functions as F\n\n"
END = "\nreturn df"
ALONE = RunContext(optimize=Optimize(disabled=frozenset({"shared_work"})))


def planned(body: str, context: RunContext | None = None, above: str = "") -> Plan:
    lines = ['    df = dbt.ref("t")', *("    " + x for x in body.splitlines())]
    text = HEADER + above + "def model(dbt, session):\n" + "\n".join(lines) + "\n"
    return plan(analyze(text), text, context or ALONE)


def reasons(made: Plan) -> list[str]:
    return [d.reason for d in made.decisions if d.rewrite == "emptiness"]


ASKED = {
    "cached": ("df = df.cache()\nif df.count() == 0:\n    return df", "if __dbt_glue_some__(df, True, False, True) == 0:"),
    "a cache that is let go": ("session.catalog.cacheTable('t')\nif df.count() == 0:\n    return df\nsession.catalog.clearCache()", "if __dbt_glue_some__(df, True, False, False) == 0:"),
    "in a loop": ("while df.count() > 0:\n    df = df.filter('a > 1')", "while __dbt_glue_some__(df, True, False, True) > 0:"),
    "a clock": ("g = df.withColumn('t', F.current_timestamp())\nif not g.count():\n    return df", "if not __dbt_glue_some__(g, True, False, True):"),
    "another module": ("import shared\ng = df.filter(shared.checked('a'))\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, False, True, True) == 0:"),
    "rows of an RDD": ("g = df.rdd.map(lambda r: r).toDF()\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, False, True, True) == 0:"),
    "a frame that is not known": ("import shared\ng = shared.load(session)\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, False, True, True) == 0:"),
    "over several lines": ("import shared\nif (\n    shared.load(session)\n    .count()  # all\n    == 0\n):\n    return df", "shared.load(session)\n        , False, True, True)  # all\n        == 0"),
    "a name": ("df.cache()\nn = df.filter('a > 1').count()\nif n > 0 and n != 0:\n    return df", "n = __dbt_glue_some__(df.filter('a > 1'), True, False, True)"),
    "a walrus": ("df.cache()\nif (n := df.count()) == 0:\n    return df", "if (n := __dbt_glue_some__(df, True, False, True)) == 0:"),
    "bool": ("df.cache()\nn = bool(df.count())", "n = bool(__dbt_glue_some__(df, True, False, True))"),
    "an assertion": ("df.cache()\nassert df.count()", "assert __dbt_glue_some__(df, True, False, True)"),
    "of several frames": ("df.cache()\nfull = [f for f in (df, df) if f.count() > 0]", "if __dbt_glue_some__(f, True, False, True) > 0]"),
    "two values of one name": ("df.cache()\nn = df.count()\nif dbt.config.get('x'):\n    n = df.distinct().count()\nif n == 0:\n    return df", "n = __dbt_glue_some__(df.distinct(), True, False, True)"),
    "a try that raises again": ("df.cache()\ntry:\n    empty = df.count() == 0\nexcept ValueError as error:\n    print(error)\n    raise RuntimeError('no') from error", "empty = __dbt_glue_some__(df, True, False, True) == 0"),
    "a UDF that has effects": ("seen = dbt.config.get('seen')\nu = F.udf(lambda x: seen.add(1) is None, 'boolean')\ng = df.filter(u('a'))\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, False, False, True) == 0:"),
    "a UDF of a bound method": ("seen = dbt.config.get('seen')\ng = df.filter(F.udf(seen.add, 'boolean')('a'))\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, False, False, True) == 0:"),
    "random rows": ("g = df.withColumn('r', F.rand()).filter('r > 0.5')\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, True, False, True) == 0:"),
    "a pure UDF": ("u = F.udf(lambda s: s.strip().lower() == 'x', 'boolean')\ng = df.filter(u('a'))\nif g.count() == 0:\n    return df", "if __dbt_glue_some__(g, True, False, True) == 0:"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "after"), ASKED.values(), ids=ASKED)
def test_the_session_is_asked(body: str, after: str) -> None:
    made = planned(body + END)
    assert set(reasons(made)) == {"applied"}
    assert after in made.source
    assert made.source.count("\n") == made.original.count("\n")


def test_a_helper_is_asked_wherever_it_is_called() -> None:
    above = "def is_empty(frame):\n    return frame.count() == 0\n\n"
    made = planned("if is_empty(df):\n    return df.limit(1)" + END, above=above)
    assert "return __dbt_glue_some__(frame, True, False, True) == 0" in made.source
    made = planned("try:\n    x = is_empty(df)\nexcept Exception:\n    x = True" + END, above=above)
    assert reasons(made) == ["in_try"]
    made = planned("u = F.udf(is_empty)" + END, above=above)
    assert "__dbt_glue" not in made.source


KEPT = {
    "a failure is handled": ("df.cache()\ntry:\n    x = df.count() == 0\nexcept Exception:\n    x = True", "in_try"),
    "a failure is handled sometimes": ("df.cache()\ntry:\n    x = df.count() == 0\nexcept Exception:\n    if df.columns:\n        raise\n    return df\n", "in_try"),
    "a failure is left behind": ("df.cache()\nfor i in range(2):\n    try:\n        x = df.count() == 0\n    except Exception:\n        if i:\n            continue\n        raise", "in_try"),
    "finally goes on": ("df.cache()\nfor i in range(2):\n    try:\n        x = df.count() == 0\n    finally:\n        break", "in_try"),
    "a with": ("import contextlib\nwith contextlib.suppress(Exception):\n    x = df.count() == 0", "in_try"),
    "the number is used as well": ("df.cache()\nn = df.count()\nif n == 0:\n    return df\nprint(n)", "count_value_used"),
    "another number is meant": ("df.cache()\nif df.count() > 10:\n    return df", "count_value_used"),
    "a sum": ("n = 0\nfor c in 'ab':\n    n += df.count()\nif n == 0:\n    return df", ""),
    "nobody looks": ("n = df.count()", "value_discarded"),
    "a cache that is let go, of the frame": ("df = df.cache()\nif df.count() == 0:\n    return df\ndf.unpersist()", "cached"),
    "the table changes under the cache": ("df = df.cache()\nif df.count() == 0:\n    return df\nsession.sql('insert into t values (1)')", "cached"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), KEPT.values(), ids=KEPT)
def test_a_count_stays(body: str, reason: str) -> None:
    made = planned(body + END)
    assert reasons(made) == ([reason] if reason else [])
    assert made.source == made.original


@pytest.mark.parametrize(
    "body", ["print(df.count())", "n = df.count()\nprint(f'{n} rows')", "df = df.withColumn('n', F.lit(df.count()))"]
)  # fmt: skip
def test_a_number_is_no_test(body: str) -> None:
    assert reasons(planned(body + END)) == []


def test_the_authors_word_counts() -> None:
    body = "import shared\nu = F.udf(shared.f)\ng = df.filter(u('a'))\nif g.count() == 0:\n    return df"
    assert "__dbt_glue_some__(g, False, True, True)" in planned(body + END).source
    said = RunContext(optimize=Optimize(pure_udfs=True))
    assert "__dbt_glue_some__(g, True, True, True)" in planned(body + END, said).source
