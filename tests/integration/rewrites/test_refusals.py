"""Tempting rewrites are refused for the right reason, and each would have changed rows, schema, errors or side effects.

Every case runs three times on real Spark: as written, as planned (the same), and as the tempting
rewrite done by hand (not the same).
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import Optimize, Plan, RunContext
from glue_compiler.rewrites.decision import REASONS
from refused_cases import CASES, IN_THE_SESSION, Case
from sessions import Outcome, model_of, outcome, planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark


@dataclass
class Run:
    """What a model gave, and what else could be seen of its run: an accumulator, filled parts of caches."""

    outcome: Outcome
    accumulated: int
    cached: int

    def same(self, other: Run) -> bool:
        mine, theirs = ((run.outcome.printed, run.accumulated, run.cached) for run in (self, other))
        return mine == theirs and self.outcome.same(other.outcome, ordered=True)


class Judge:
    """Runs sources under the context of a case."""

    def __init__(self, spark: Any, folder: Path) -> None:
        self.spark = spark
        spark.table("v_t").coalesce(1).write.parquet(str(folder / "stored"))
        # A file, because Spark computes on rows that stand in the plan while it still plans.
        spark.read.parquet(str(folder / "stored")).createOrReplaceTempView("v_stored")
        self.seen = spark.sparkContext.accumulator(0)

    def context(self, case: Case) -> RunContext:
        config = {"seen": self.seen, "many": [1], "nan": float("nan")}
        return RunContext(
            is_incremental=case.incremental,
            config=config,
            optimize_actions=case.actions,
            optimize=Optimize(strict=case.strict),
        )

    def plan(self, case: Case) -> Plan:
        return planned(model_of(case.body), self.context(case))

    def run(self, case: Case, source: str, kind: str | None = None) -> Run:
        spark = self.spark
        spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", str(case.arrow).lower())
        spark.conf.set("spark.sql.adaptive.enabled", str(case.adaptive).lower())
        before = self.seen.value
        given = outcome(spark, source, {"t": "v_stored"}, self.context(case), kind)
        storage = spark.sparkContext._jsc.sc().getRDDStorageInfo()
        cached = sum(info.numCachedPartitions() for info in storage)
        spark.catalog.clearCache()
        return Run(given, self.seen.value - before, cached)


@pytest.fixture(scope="module")
def judge(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(spark, tmp_path_factory.mktemp("refusals"))


@pytest.fixture
def elsewhere(judge: Judge) -> Iterator[None]:
    """A module that models import, whose function makes a column that runs Python."""
    from pyspark.sql import functions

    seen = judge.seen
    module = ModuleType("checked_elsewhere")
    module.valid = functions.udf(lambda _: seen.add(1) is None, "boolean")  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    yield
    del sys.modules[module.__name__]


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("name", CASES)
def test_a_refused_rewrite_would_have_changed_the_result(judge: Judge, name: str) -> None:
    case = CASES[name]
    made = judge.plan(case)
    decisions = [d for d in made.decisions if d.rewrite == case.rewrite]
    assert not [d for d in decisions if d.applied], made.source
    assert case.reason in {d.reason for d in decisions}, [d.reason for d in decisions]
    _assert_only_the_tempting_differs(judge, case, made)


@pytest.mark.parametrize("name", IN_THE_SESSION)
def test_a_rewrite_refused_by_the_session_would_have_changed_the_result(
    judge: Judge, name: str
) -> None:
    case = IN_THE_SESSION[name]
    made = judge.plan(case)
    assert [d for d in made.decisions if d.rewrite == case.rewrite and d.applied]
    followed = judge.run(case, made.source, made.kind).outcome.followed
    told = [call for call in followed if call["rewrite"] == case.rewrite]
    assert [call["applied"] for call in told] == [False]
    assert case.reason in told[0]["why"]
    _assert_only_the_tempting_differs(judge, case, made)


def _assert_only_the_tempting_differs(judge: Judge, case: Case, made: Plan) -> None:
    written = judge.run(case, made.original)
    rewritten = judge.run(case, made.source, made.kind)
    tempting = judge.run(case, model_of(case.tempting))
    assert written.same(rewritten), f"{made.source}\n{written}\n{rewritten}"
    assert not written.same(tempting), f"not seen to differ: {written}"


def test_there_are_at_least_forty_cases_of_known_reasons() -> None:
    counts = Counter(case.rewrite for case in CASES.values())
    print(f"{len(CASES)} cases: {dict(counts)}; by the session {len(IN_THE_SESSION)}")
    assert len(CASES) >= 40
    assert {case.reason for case in CASES.values()} <= set(REASONS)


def test_a_conversion_of_the_models_own_is_not_given_to_arrow(judge: Judge) -> None:
    body = "return session.createDataFrame(pd.DataFrame({'v': [1.0, float('nan')]}))"
    case = Case("conversion", "", body, body)
    made = judge.plan(case)
    assert made.source == made.original
    by_rows, by_arrow = (
        judge.run(replace(case, arrow=arrow), made.source, made.kind).outcome.rows
        for arrow in (False, True)
    )
    assert (by_rows[1], by_arrow[1]) == (("NaN",), (None,))
