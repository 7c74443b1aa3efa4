"""One run of a Python model as dbt resolved it: what the compiler makes a program of, and the files in target that show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.knowledge.visible_configs import visible_configs
from glue_compiler.program.emit import ProgramRequest, WriteTarget
from glue_compiler.program.request import Period, Reference, SourceReference, This
from glue_compiler.program.transport import new_nonce

from dbt.adapters.glue.python_models.contracts import contract_of, declared_columns
from dbt.adapters.glue.replacement import owner_properties

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dbt.adapters.base.relation import BaseRelation
    from glue_compiler.plan.planner import Plan
    from glue_compiler.plan.preview import PlannedProgram

    from dbt.adapters.glue.python_models.model_file import ModelFile
    from dbt.adapters.glue.python_models.project import RunningProject

__all__ = ["run_request", "with_inputs", "write_expected", "write_plan"]

logger = AdapterLogger("Glue")


def run_request(
    file: ModelFile,
    parsed_model: Mapping[str, Any],
    this: BaseRelation,
    target: BaseRelation,
    references: Mapping[str, Any],
    writer_options: Mapping[str, Any],
    *,
    is_incremental: bool,
    database: str,
) -> ProgramRequest:
    """The run that leaves a model's result in `target`, without its source.

    `references` and `writer_options` are what the macros glue_python_references and
    py_get_writer_options return. An incremental run's pandas result keeps the types of `this`;
    columns that it does not have get the `data_type` of the model's YAML. `database` is the one
    that names without a database are in.
    """
    config = dict(parsed_model.get("config") or {})
    return ProgramRequest(
        unique_id=str(parsed_model["unique_id"]),
        filename=file.path,
        source="",
        this=This(
            database=this.database,
            schema=str(this.schema),
            identifier=str(this.identifier),
            relation=this.render(),
        ),
        target=_write_target(
            target,
            writer_options,
            existing=this.render() if is_incremental else None,
            declared={
                name: kind
                for name, kind in declared_columns(parsed_model.get("columns") or {})
                if kind
            },
        ),
        nonce=new_nonce(),
        refs=_refs(references),
        sources=_sources(references),
        config=visible_configs(config),
        meta=dict(config.get("meta") or {}),
        is_incremental=is_incremental,
        database=database,
        contract=contract_of(parsed_model),
    )


def with_inputs(made: PlannedProgram, references: Mapping[str, Any]) -> PlannedProgram:
    """A program that the project's files tell of, with what dbt resolved for its refs and sources."""
    request = replace(made.request, refs=_refs(references), sources=_sources(references))
    return replace(made, request=request)


def _refs(references: Mapping[str, Any]) -> tuple[Reference, ...]:
    return tuple(
        Reference(
            name=str(ref["name"]),
            package=ref["package"] or None,
            version=None if ref["version"] is None else str(ref["version"]),
            **_rows_read(ref),
        )
        for ref in references["refs"]
    )


def _sources(references: Mapping[str, Any]) -> tuple[SourceReference, ...]:
    return tuple(
        SourceReference(
            source=str(source["source"]), table=str(source["table"]), **_rows_read(source)
        )
        for source in references["sources"]
    )


def _rows_read(found: Mapping[str, Any]) -> dict[str, Any]:
    """Which rows of what relation a ref or source reads, of what `python_input` says."""
    return {
        "relation": str(found["relation"]),
        "query": found["query"],
        "limit": found["limit"],
        "period": None if found["period"] is None else Period(**found["period"]),
    }


def _write_target(
    relation: Any,
    options: Mapping[str, Any],
    *,
    existing: str | None,
    declared: Mapping[str, str],
) -> WriteTarget:
    """Where and how a model's result is stored, from a relation and the macro py_get_writer_options."""
    return WriteTarget(
        relation=relation.render(),
        location=relation.location,
        file_format=str(options["file_format"]),
        partition_by=tuple(map(str, options["partition_by"] or ())),
        bucket_by=tuple(map(str, options["bucket_by"] or ())),
        buckets=None if options["buckets"] is None else int(options["buckets"]),
        options={str(key): str(value) for key, value in (options["options"] or {}).items()},
        table_properties={
            **{str(key): str(value) for key, value in (options["table_properties"] or {}).items()},
            **owner_properties(relation.staged_for, relation.staged_by),
        },
        existing=existing,
        declared=declared,
        statement=options.get("statement"),
        view=options.get("view"),
        holds=bool(options.get("holds")),
        overwrites=bool(options.get("overwrites")),
    )


def write_plan(project: RunningProject, parsed_model: Mapping[str, Any], plan: Plan) -> None:
    """Writes the plan of a run as JSON beside its program in target/run."""
    path = _place(project, parsed_model, "run")
    _write(path.with_name(f"{path.name}.plan.json"), plan.to_json() + "\n")


def write_expected(
    project: RunningProject, parsed_model: Mapping[str, Any], made: PlannedProgram
) -> None:
    """Writes the program, for people, and the plan that a run is expected to have beside the compiled model in target/compiled."""
    path = _place(project, parsed_model, "compiled")
    _write(path.with_name(f"{path.name}.plan.json"), made.plan.to_json() + "\n")
    _write(path.with_name(f"{path.stem}.program.py"), made.readable)


def _place(project: RunningProject, parsed_model: Mapping[str, Any], folder: str) -> Path:
    package, file = str(parsed_model["package_name"]), str(parsed_model["original_file_path"])
    return project.target / folder / package / file


def _write(path: Path, text: str) -> None:
    """A file that cannot be written is told in the debug log: nothing depends on it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        logger.debug(f"{path} is not written: {error}")
