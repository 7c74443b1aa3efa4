"""Frames that several actions compute: which are found, with what computes them, and which are not worth a word."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from glue_compiler.plan.report import account

HEADER = """from pyspark.sql import Window
from pyspark.sql import functions as F

def model(dbt, session):
    a = dbt.ref("a")
    b = dbt.ref("b")
"""
FIRST = HEADER.count("\n") + 1


def planned(body: str, context: RunContext | None = None) -> Plan:
    text = HEADER + "".join(f"    {line}\n" for line in body.strip().splitlines())
    return plan(analyze(text), text, context or RunContext())


def found(made: Plan) -> list[tuple[str, list[str]]]:
    """The frames by name, with the lines of the body that compute them, counted from 1."""
    return [
        (
            made.original[slice(*one.span)],
            ["write" if line == 0 else str(line - FIRST + 1) for line in one.lines],
        )
        for one in made.decisions
        if one.rewrite == "shared_prefix"
    ]


FOUND = {
    "branches of one frame": (
        "j = a.join(b, 'id')\nx = j.filter('p < 0')\ny = j.filter('q < 0')\nif x.count() > 0:\n    raise ValueError\ny.show()\nreturn a",
        [("j", ["4", "6"])],
    ),
    "the write computes it, too": ("j = a.groupBy('k').count()\nj.show()\nreturn j.select('k')", [("j", ["2", "write"])]),
    "the last name that all of them compute": (
        "j = a.join(b, 'id')\nj = j.withColumn('x', F.lit(1))\nj = j.filter('p > 1')\nprint(j.take(1))\nreturn j.drop('x')",
        [("j", ["4", "write"])],
    ),
    "more work on the way": (
        "j = a.join(b, 'id')\nj.show()\nd = j.distinct()\nd.show()\nreturn d.select('id')",
        [("j", ["2", "4", "write"]), ("d", ["4", "write"])],
    ),
    "a filter on the way is not more work": (
        "j = a.join(b, 'id')\nj.show()\nd = j.filter('p > 1')\nd.show()\nreturn d.select('id')",
        [("j", ["2", "4", "write"])],
    ),
    "a window": ("w = Window.orderBy('id')\nj = a.withColumn('n', F.row_number().over(w))\nj.show()\nn = j.toPandas()\nreturn b", [("j", ["3", "4"])]),
    "a Python function": ("u = F.udf(lambda x: x)\nj = a.withColumn('n', u('id'))\nj.show()\nreturn j.select('n')", [("j", ["3", "write"])]),
    "SQL": ("j = session.sql('select k, count(*) from t group by k')\nj.show()\nreturn j.select('k')", [("j", ["2", "write"])]),
    "a view": (
        "j = a.join(b, 'id')\nj.createOrReplaceTempView('v')\nsession.sql('select id from v where p < 0').show()\nreturn session.sql('select * from v')",
        [("j", ["3", "write"])],
    ),
    "every round of a loop": ("j = a.join(b, 'id')\nfor c in ['p', 'q']:\n    print(j.filter(F.col(c) < 0).count())\nreturn a", [("j", ["3"])]),
    "every item of a list": ("j = a.join(b, 'id')\nn = [j.filter(F.col(c) < 0).count() for c in ['p', 'q']]\nreturn a", [("j", ["2"])]),
    "made in a loop": (
        "j = a.distinct()\nfor c in ['p', 'q']:\n    j = j.withColumn(c, F.lit(1))\nj.show()\nreturn j.select('p')",
        [("j", ["4", "write"])],
    ),
    "one of two ways": (
        "if dbt.config.get('x'):\n    j = a.join(b, 'id')\nelse:\n    j = a\nj.show()\nreturn j.select('id')",
        [("j", ["5", "write"])],
    ),
    "the way of this run": (
        "j = a.join(b, 'id')\nif not dbt.is_incremental:\n    j.show()\nreturn j.select('id')",
        [("j", ["3", "write"])],
    ),
    "an early return is not the write": (
        "j = a.join(b, 'id')\nif j.filter('p > 1').isEmpty():\n    return b\nreturn j.select('id')",
        [("j", ["2", "write"])],
    ),
    "a write of the model's own": ("j = a.join(b, 'id')\nj.write.mode('overwrite').saveAsTable('x.y')\nreturn j.select('id')", [("j", ["2", "write"])]),
    "a view of no name's": (
        "a.join(b, 'id').createOrReplaceTempView('v')\nsession.table('v').show()\nreturn session.table('v').select('id')",
        [("'v'", ["2", "write"])],
    ),
    "another name for it": ("j = a.join(b, 'id')\nk = j\nj.show()\nreturn k.select('id')", [("j", ["3", "write"])]),
    "a helper's work": (
        "def joined(x, y):\n    return x.join(y, 'id')\nj = joined(a, b)\nj.show()\nreturn j.select('id')",
        [("j", ["4", "write"])],
    ),
    "what was kept before it": ("c = a.distinct().cache()\nj = c.join(b, 'id')\nj.show()\nreturn j.select('id')", [("j", ["3", "write"])]),
    "in try": ("j = a.join(b, 'id')\ntry:\n    j.show()\nexcept Exception:\n    pass\nreturn j.select('id')", [("j", ["3", "write"])]),
}  # fmt: skip


@pytest.mark.parametrize(("body", "frames"), FOUND.values(), ids=FOUND)
def test_it_is_found_and_left(body: str, frames: list[tuple[str, list[str]]]) -> None:
    made = planned(body)
    assert found(made) == frames
    assert {d.reason for d in made.decisions if d.rewrite == "shared_prefix"} == {"computed_again"}
    assert not any(d.edits for d in made.decisions if d.rewrite == "shared_prefix")


NOT_FOUND = {
    "computed once": "j = a.join(b, 'id')\nreturn j.select('id')",
    "a table as it is": "a.show()\nprint(a.collect())\nreturn a",
    "a table, filtered and projected": "j = a.filter('p > 1').select('id')\nj.show()\nreturn j.drop('id')",
    "two of one table": "x = a.distinct()\ny = a.join(b, 'id')\nx.show()\nreturn y",
    "cached": "j = a.join(b, 'id').cache()\nj.show()\nreturn j.select('id')",
    "cached by a statement": "j = a.join(b, 'id')\nj.cache()\nj.show()\nreturn j.select('id')",
    "kept under another name": "j = a.join(b, 'id')\nk = j.persist()\nk.show()\nreturn j.select('id')",
    "checkpointed": "j = a.join(b, 'id').localCheckpoint()\nj.show()\nreturn j.select('id')",
    "cached as a table": "j = a.join(b, 'id')\nj.createOrReplaceTempView('v')\nsession.catalog.cacheTable('v')\nj.show()\nreturn j.select('id')",
    "collected once": "j = a.join(b, 'id')\nrows = j.collect()\nreturn session.createDataFrame(rows, 'id int')",
    "pandas from then on": "pdf = a.join(b, 'id').toPandas()\nprint(pdf.groupby('id').count())\nprint(pdf['id'].count())\nreturn pdf",
    "a value of it": "n = a.distinct().count()\nx = b.filter(F.col('p') > n)\nx.show()\nreturn x.select('p')",
    "its columns": "j = a.join(b, 'id')\nx = b.select(j.columns)\nx.show()\nreturn j",
    "another frame in every round": "for c in ['p', 'q']:\n    j = a.join(b, c)\n    print(j.count())\nreturn a",
    "collected before a loop over it": "j = a.join(b, 'id')\nn = [row['id'] for row in j.collect()]\nreturn a",
    "ways that exclude each other": "j = a.join(b, 'id')\nif dbt.config.get('x'):\n    j.show()\nelse:\n    j.show()\nreturn a",
    "a run of the other kind": "j = a.join(b, 'id')\nif dbt.is_incremental:\n    j.show()\nreturn j.select('id')",
    "a name that stands for another": "j = a.join(b, 'id')\nj.show()\nj = b.filter('p > 1')\nj.show()\nreturn j",
    "texts that are joined": "j = a.select(', '.join(['id']))\nj.show()\nreturn j.select('id')",
    "a counted frame that is written once": "j = a.groupBy('k').count()\nn = j.count()\nif n > 3:\n    print('many')\nreturn j",
    "a report that waits for the write": "j = a.groupBy('k').count()\nprint(j.count())\nreturn j",
    "names by text": "j = a.join(b, 'id')\nj.show()\nprint(locals())\nreturn j.select('id')",
}  # fmt: skip


@pytest.mark.parametrize("body", NOT_FOUND.values(), ids=NOT_FOUND)
def test_it_is_no_news(body: str) -> None:
    assert found(planned(body)) == []


def test_the_plan_says_where_and_what_to_do() -> None:
    made = planned(
        "j = a.join(b, 'id')\nj.show()\nfor c in ['p', 'q']:\n    j.filter(c).show()\nreturn j"
    )
    (row,) = [one for one in account(made).refused if one.rewrite == "shared_prefix"]
    assert (row.line, row.reason) == (FIRST, "computed_again")
    assert row.why == f"`j` is computed by lines {FIRST + 1}, {FIRST + 3} and the write, in a loop"
    assert ".cache()" in row.remedy
    assert made.source == made.original


def test_the_lines_of_its_actions_are_timed() -> None:
    made = planned("j = a.join(b, 'id')\nj.show()\nj.filter('p').show()\nreturn j.select('id')")
    assert made.timed_lines == (FIRST + 1, FIRST + 2)
    off = RunContext(optimize=Optimize.of({"disable": ["shared_prefix"]}))
    assert planned("j = a.join(b, 'id')\nj.show()\nreturn j.select('id')", off).timed_lines == ()
