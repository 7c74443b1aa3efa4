"""The plan of a Python model in dbt: made of what dbt resolved, written beside the program, told in the debug log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.analysis import analyze
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.knowledge.glue_versions import spark_version
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from glue_compiler.schemas.resolver import FrameSchemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation
    from glue_compiler.project.context import ProjectContext

    from dbt.adapters.glue.impl import GlueAdapter
    from dbt.adapters.glue.python_checks import ModelFile

__all__ = ["plan_model", "write_plan"]

logger = AdapterLogger("Glue")


def plan_model(
    adapter: GlueAdapter,
    file: ModelFile,
    this: BaseRelation,
    config: Mapping[str, Any],
    meta: Mapping[str, Any],
    is_incremental: bool,
    project: ProjectContext | None = None,
) -> Plan:
    """The plan of a model's run: the rewritten source, or, whatever goes wrong, the source as it is.

    `project` tells the columns of relations, which the plan shows.

    Raises DbtRuntimeError for an `optimize` config or variable that means nothing.
    """
    optimize = _optimize(adapter, file.path, config)
    options = AnalysisOptions.for_glue(adapter.credentials.glue_version)
    try:
        facts = analyze(file.text, options)
        context = RunContext(
            is_incremental=is_incremental,
            config=config,
            meta=meta,
            this={
                "database": this.database,
                "schema": str(this.schema),
                "identifier": str(this.identifier),
            },
            spark=spark_version(adapter.credentials.glue_version),
            optimize=optimize,
            optimize_actions=config.get("optimize_actions") is True,
            ansi=any(".ansi." in key for key in adapter.credentials.session_conf()),
            columns_of=FrameSchemas.known(facts, project).complete_names,
        )
        made = plan(facts, file.text, context)
    except Exception as error:  # noqa: BLE001 - no defect of the planner may stop a model that would run
        logger.debug(f"{file.path}: planned without rewrites, {type(error).__name__}: {error}")
        made = Plan(file.text, file.text, why_not=f"the planner failed: {error}")
    logger.debug(f"{file.path}: {made.summary()}")
    return made


def write_plan(adapter: GlueAdapter, parsed_model: Mapping[str, Any], made: Plan) -> None:
    """Writes a plan as JSON beside the program in target/run; a folder that cannot be written is told in the debug log."""
    config = adapter.config
    path = (
        Path(str(config.project_root), str(config.target_path), "run")
        / str(parsed_model["package_name"])
        / f"{parsed_model['original_file_path']}.plan.json"
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        logger.debug(f"the plan of {parsed_model['unique_id']} is not written: {error}")


def _optimize(adapter: GlueAdapter, path: str, config: Mapping[str, Any]) -> Optimize:
    """What the model's config and the variable `optimize` (of the project or of --vars) allow together."""
    variables = adapter.config.vars.to_dict()
    own = variables.get(adapter.config.project_name) or {}
    given = {**variables, **own, **adapter.config.cli_vars}.get("optimize")
    return _read(path, "config", config.get("optimize")).without(_read(path, "variable", given))


def _read(path: str, where: str, value: object) -> Optimize:
    try:
        return Optimize.of(value)
    except ValueError as error:
        raise DbtRuntimeError(f"{path}: the {where} {error}") from error
