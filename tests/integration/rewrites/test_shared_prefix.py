"""Actions on a frame that several of them compute: timed in the session, with the same results, prints, errors and jobs."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import Plan, RunContext
from glue_session.model import _run
from sessions import asked_of_dbt, model_of, plain_value, planned
from written import target_at

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {"t": "v_t", "plain": "v_plain", "empty": "v_empty"}
HEAD = 6
"""Lines of a model before its body."""

MODELS = {
    "checks of one frame": (
        """
chained = df.join(df.groupBy("cust").agg(F.max("q").alias("most")), "cust")
few = chained.filter(F.col("most") > 1)
if few.count() > 10_000:
    raise ValueError("many")
chained.show(2)
rows = [row["id"]
        for row in chained.select("id").collect()]
print(len(rows), chained.isEmpty())
return chained.select("id", "most")
""",
        [3, 5, 7, 8],
    ),
    "every round of a loop": (
        """
grouped = df.groupBy("cust").count()
for least in [0, 1, 2]:
    print(grouped.filter(F.col("count") > least).count())
return df.select("id")
""",
        [3],
    ),
    "pandas of it, and Python functions in it": (
        """
shout = F.udf(lambda s: None if s is None else s.upper() * s.count("a"), "string")
loud = df.withColumn("loud", shout("name")).select("id", "loud")
loud.orderBy("id").show(3)
pdf = loud.toPandas()
pdf["n"] = len(pdf)
return pdf
""",
        [3, 4],
    ),
    "an action that fails, and is caught": (
        """
grouped = df.groupBy("cust").count()
try:
    print(grouped.filter(F.raise_error(F.lit("no")).isNull()).count())
except Exception as error:
    print(type(error).__name__)
grouped.show()
return grouped.select("cust")
""",
        [6],
    ),
}


def ran(
    spark: Any, source: str, made: Plan, folder: Path, *, timed: bool
) -> tuple[dict[str, Any], list[Any], str, int]:
    """(what a run answers, the rows in the table, what it printed, its jobs)."""
    target = target_at(folder / f"timed_{timed}", f"timed_{timed}")
    asked = {
        "file": "models/m.py",
        **asked_of_dbt(TABLES, RunContext(), "default"),
        "database": "default",
        "write": target,
        "contract": None,
        "expected_kind": made.kind,
        "timed_lines": list(made.timed_lines) if timed else [],
    }
    printed = io.StringIO()
    group = f"run-{timed}-{id(asked)}"
    spark.sparkContext.setJobGroup(group, "a model")
    try:
        with contextlib.redirect_stdout(printed):
            answer = _run({"spark": spark}, source, asked, [], [])
        jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))
        rows = [tuple(map(plain_value, row)) for row in spark.table(target["relation"]).collect()]
        return answer, sorted(rows, key=repr), printed.getvalue(), jobs
    finally:
        spark.sparkContext.setLocalProperty("spark.jobGroup.id", None)
        spark.sql(f"DROP TABLE IF EXISTS {target['relation']}")


@pytest.mark.parametrize("name", MODELS)
def test_a_run_with_clocks_is_the_same_run(spark: Any, name: str, tmp_path: Path) -> None:
    body, lines = MODELS[name]
    made = planned(model_of(body))
    plain = ran(spark, made.source, made, tmp_path, timed=False)
    timed = ran(spark, made.source, made, tmp_path, timed=True)
    assert timed[1:] == plain[1:]
    assert [one["applied"] for one in timed[0]["rewrites"]] == [
        one["applied"] for one in plain[0]["rewrites"]
    ]
    assert plain[0]["spent"] == []
    assert [line - HEAD for line, _, _ in timed[0]["spent"]] == lines
    assert all(seconds > 0 for _, _, seconds in timed[0]["spent"])
    calls = {line - HEAD: n for line, n, _ in timed[0]["spent"]}
    assert calls == dict.fromkeys(lines, 3 if "round" in name else 1)
