"""The program of one run of a model: planned with what the project, the profile and the run itself allow."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.knowledge.glue_versions import spark_version
from glue_compiler.plan.gains import gains
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from glue_compiler.plan.preview import PlannedProgram
from glue_compiler.project.profiles import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.program.emit import ProgramRequest
    from glue_compiler.project.surroundings import Surroundings
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import SourceText

_LOG = logging.getLogger(__name__)


def planned_program(
    facts: ModelFacts,
    source: SourceText,
    run: ProgramRequest,
    around: Surroundings,
    schemas: FrameSchemas,
    *,
    complete: bool,
) -> PlannedProgram:
    """The plan and the program of a run; the source of `run` and what follows from the plan are filled in.

    `complete` tells that dbt resolved the run's config; else the model's file may not say all of it.

    Raises:
        ValueError: for a config or variable `optimize` that means nothing.
    """
    versions = (*around.session_versions, Target.of(run.meta).glue_version)
    glue = [version for version in versions if version is not None]
    context = _context(run, around, schemas, glue, complete=complete)
    made = _plan(facts, source, context)
    made = replace(made, gains=gains(facts, schemas, made.decisions))
    request = replace(
        run,
        source=made.source,
        shown_lines=made.changed_lines,
        timed_lines=made.timed_lines,
        expected_kind=made.kind,
    )
    spark = ".".join(map(str, context.spark))
    return PlannedProgram(made, request, facts, min(glue, key=spark_version), spark, schemas)


def _context(
    run: ProgramRequest,
    around: Surroundings,
    schemas: FrameSchemas,
    glue: Sequence[str],
    *,
    complete: bool,
) -> RunContext:
    """What the planner may rely on: of several Glue versions that the session may have, what all of them allow."""
    sparks = [spark_version(version) for version in glue]
    asked = _optimize("config", run.config.get("optimize"))
    allowed = _optimize("variable", around.variables.get("optimize"))
    return RunContext(
        is_incremental=run.is_incremental,
        config=run.config,
        meta=run.meta,
        this={
            "database": run.this.database,
            "schema": run.this.schema,
            "identifier": run.this.identifier,
        },
        spark=min(sparks),
        optimize=asked.without(allowed),
        optimize_actions=run.config.get("optimize_actions") is True,
        config_complete=complete,
        ansi=around.target.ansi or Target.of(run.meta).ansi or max(sparks) >= (4, 0),
        columns_of=schemas.complete_names,
    )


def _plan(facts: ModelFacts, source: SourceText, context: RunContext) -> Plan:
    """The plan, or, whatever goes wrong, the source as it is."""
    try:
        return plan(facts, source, context)
    except Exception as error:  # noqa: BLE001 - no defect of the planner may stop a model that would run
        _LOG.debug("planned without rewrites", exc_info=True)
        return Plan(source.text, source.text, why_not=f"the planner failed: {error}")


def _optimize(where: str, value: object) -> Optimize:
    try:
        return Optimize.of(value)
    except ValueError as error:
        raise ValueError(f"the {where} {error}") from error
