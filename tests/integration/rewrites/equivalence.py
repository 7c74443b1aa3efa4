"""Judges generated programs: whether the rewritten model gives what the written one gives, how often each rewrite was at work,
and whether the check reports errors in what runs."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace
from glue_session import aggregates
from hypothesis import HealthCheck, Phase, given, seed, settings
from sessions import both, model_of
from written import both_into

if TYPE_CHECKING:
    from programs import Program, Shape

_ARROW = "spark.sql.execution.arrow.pyspark.enabled"
ERRORS = "an error both ways"
"""Counted like a rewrite: programs that fail alike, which prove less than those that give rows."""


def judged(
    spark: Any, shape: Shape, examples: int, folder: Path, applied: Counter[str]
) -> Counter[str]:
    """Runs so many programs of a shape both ways; how many of them each rewrite was applied to.

    "projection in the session" and the like count those where the session did so, too. Raises AssertionError with the smallest program whose results differ, or in which the check finds an error though it runs. `applied` is added to.
    """
    found: Counter[str] = Counter()
    chosen = os.environ.get("DBT_GLUE_PROPERTY_SEED")

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=chosen is None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(shape.programs)
    def judge(program: Program) -> None:
        names = _judge(spark, program, folder)
        found.update(names)
        found["programs"] += 1

    (judge if chosen is None else seed(int(chosen))(judge))()
    applied.update(found)
    return found


def _judge(spark: Any, program: Program, folder: Path) -> set[str]:
    view = program.table.view(spark, "v_generated", folder)
    spark.conf.set(_ARROW, str(program.arrow).lower())
    with patch.object(aggregates, "SMALL", 0):
        if program.writes:
            into = Path(tempfile.mkdtemp(dir=folder))
            made = both_into(spark, program.body, {"t": view}, into, program.context)
            plan, before, after, _ = made
        else:
            plan, before, after = both(spark, program.body, {"t": view}, program.context)
    spark.catalog.clearCache()
    # Where errors need not stay, a program that fails as written may succeed.
    failed = before.error and not program.context.optimize.strict
    assert failed or before.same(after, ordered=program.ordered), (
        f"{program}\n{plan.source}\nas written: {before}\nas rewritten: {after}"
    )
    if not before.error:
        assert _errors(program) == [], f"{program}\nit runs, and the check reports an error"
    # Debug actions print, and are asked to go; of a write that fails no report is made.
    if not before.error and not program.context.optimize_actions:
        assert before.printed == after.printed, f"{program}\n{plan.source}"
    names = {decision.rewrite for decision in plan.decisions if decision.applied}
    names |= {"conversion"} if plan.kind else set()
    names |= {ERRORS} if before.error else set()
    names |= {f"{call['rewrite']} in the session" for call in after.followed if call["applied"]}
    return names


def _errors(program: Program) -> list[str]:
    """What a check of the program reports as errors, in the kind of run that it is."""
    world = "incremental" if program.context.is_incremental else "full"
    source = SourceText(model_of(program.body))
    return [
        f"{found.code} {found.message}"
        for found in Workspace(Surroundings()).findings(None, source)
        if found.severity == "error" and f"in {_OTHER[world]} runs" not in found.message
    ]


_OTHER = {"full": "incremental", "incremental": "full"}


def told(counts: Counter[str]) -> str:
    """The counts as one line of text."""
    shown = [f"{name} {counts[name]}" for name in sorted(counts) if name != "programs"]
    return f"{counts['programs']} programs: {', '.join(shown) or 'nothing applied'}"
