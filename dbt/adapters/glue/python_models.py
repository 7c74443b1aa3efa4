"""Python models: checked before a session starts, made into a program, run, and reported in the author's terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import AdapterEventWarning
from dbt_common.events.functions import fire_event, warn_or_error
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.program.emit import (
    ProgramRequest,
    WriteTarget,
    emit,
    nonce_of,
    statements_of,
)
from glue_compiler.program.request import Reference, SourceReference, This
from glue_compiler.program.transport import MAX_CODE, new_nonce

from dbt.adapters.glue.answers import framed_answer
from dbt.adapters.glue.contracts import contract_of
from dbt.adapters.glue.errors import StatementFailed, StatementTimeout
from dbt.adapters.glue.preflight import adapter_checks
from dbt.adapters.glue.python_checks import ModelFile, check_config, model_timeout
from dbt.adapters.glue.python_packages import environment_of, statements_with_modules
from dbt.adapters.glue.python_plans import plan_model, write_plan
from dbt.adapters.glue.replacement import owner_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.impl import GlueAdapter

__all__ = [
    "PythonModelError",
    "PythonModelResponse",
    "check_python_model",
    "execute_python",
    "python_model_program",
    "submit_python_job",
]

logger = AdapterLogger("Glue")

_NOT_FOR_MODELS = {
    "pre-hook",
    "post-hook",
    "config_keys_used",
    "config_keys_defaults",
    "meta_keys_used",
    "meta_keys_defaults",
}


class PythonModelError(DbtRuntimeError):
    """A model failed in the session: the author's lines and the reason."""


@dataclass
class PythonModelResponse(AdapterResponse):
    """dbt's response of a Python model: how its result became a table, and which rewrites the session did or left."""

    frame_kind: str | None = None
    conversion: str | None = None
    columns: list[list[str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    rewrites: list[dict[str, Any]] = field(default_factory=list)


def check_python_model(
    adapter: GlueAdapter,
    parsed_model: Mapping[str, Any],
    references: Mapping[str, Any] | None = None,
) -> str:
    """What `dbt compile` adds to a model's source: nothing that runs. Checks the model first.

    Raises CompilationError with every finding that would make the run fail or lie.
    """
    check_config(parsed_model, references or {})
    contract_of(parsed_model)
    root = str(adapter.config.project_root)
    file = ModelFile.of(parsed_model, root)
    own = parsed_model.get("package_name") == adapter.config.project_name
    adapter_checks(adapter).check(file, own=own)
    return f"# Checked by dbt-glue-python. target/run/.../{Path(file.path).name} is the program that runs in Glue."


def python_model_program(
    adapter: GlueAdapter,
    parsed_model: Mapping[str, Any],
    this: BaseRelation,
    target: BaseRelation,
    references: Mapping[str, Any],
    writer_options: Mapping[str, Any],
    is_incremental: bool,
) -> str:
    """The text of the program that runs a model and leaves its result in `target`.

    `references` and `writer_options` are what the macros glue_python_references and
    py_get_writer_options return. An incremental run's pandas result keeps the types of `this`;
    columns that it does not have get the `data_type` of the model's YAML.
    """
    config = dict(parsed_model.get("config") or {})
    file = ModelFile.of(parsed_model, str(adapter.config.project_root))
    shown = {
        key: value
        for key, value in config.items()
        if value is not None and key not in _NOT_FOR_MODELS
    }
    meta = dict(config.get("meta") or {})
    own = parsed_model.get("package_name") == adapter.config.project_name
    project = adapter_checks(adapter).project if own else None
    plan = plan_model(adapter, file, this, shown, meta, is_incremental, project)
    write_plan(adapter, parsed_model, plan)
    request = ProgramRequest(
        unique_id=str(parsed_model["unique_id"]),
        filename=file.path,
        source=plan.source,
        this=This(
            database=this.database,
            schema=str(this.schema),
            identifier=str(this.identifier),
            relation=this.render(),
        ),
        target=_write_target(
            target,
            writer_options,
            this.render() if is_incremental else None,
            _declared(parsed_model),
        ),
        nonce=new_nonce(),
        refs=tuple(
            Reference(
                name=str(ref["name"]),
                relation=str(ref["relation"]),
                package=ref["package"] or None,
                version=None if ref["version"] is None else str(ref["version"]),
            )
            for ref in references["refs"]
        ),
        sources=tuple(
            SourceReference(str(source["source"]), str(source["table"]), str(source["relation"]))
            for source in references["sources"]
        ),
        config=shown,
        meta=meta,
        is_incremental=is_incremental,
        database=adapter.credentials.schema,
        shown_lines=plan.changed_lines,
        expected_kind=plan.kind,
        contract=contract_of(parsed_model),
    )
    return emit(request).text


def _declared(parsed_model: Mapping[str, Any]) -> dict[str, str]:
    """The types of the columns that the model's YAML gives one."""
    columns = parsed_model.get("columns") or {}
    return {
        str(name): str(column["data_type"])
        for name, column in columns.items()
        if column.get("data_type")
    }


def _write_target(
    relation: Any, options: Mapping[str, Any], existing: str | None, declared: Mapping[str, str]
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
            **owner_properties(relation.staged_for),
        },
        existing=existing,
        declared=declared,
    )


def submit_python_job(
    adapter: GlueAdapter, parsed_model: Mapping[str, Any], compiled_code: str
) -> PythonModelResponse:
    """Runs a program in the thread's session and reports what the model printed, warned and wrote.

    Raises PythonModelError in the author's terms when the model fails, StatementTimeout when it
    runs longer than its `timeout`; the statement is cancelled then, as on Ctrl-C.
    """
    config = parsed_model.get("config") or {}
    name = str(parsed_model["name"])
    path = Path(str(parsed_model["original_file_path"])).as_posix()
    text = compiled_code.strip() + "\n"
    handle = adapter.connections.handle()
    nonce = nonce_of(text)
    timeout = model_timeout(config)
    statements = statements_with_modules(adapter, config, statements_of(text))
    try:
        result = handle.run(
            statements,
            environment=environment_of(adapter, config, handle.environment),
            timeout=timeout,
        )
    except StatementTimeout as error:
        if timeout is None:
            raise
        raise StatementTimeout(
            f"{path}: the model ran longer than its timeout of {timeout:g} s and was cancelled ({error.msg})"
        ) from error
    try:
        outcome = framed_answer(result, nonce)
    except StatementFailed as error:
        raise PythonModelError(f"the model {name} gave no result: {error.msg}") from error
    for line in str(outcome["output"]).splitlines():
        fire_event(Note(msg=f"{name}: {line}"))
    for note in outcome["notes"]:
        warning = note if note.startswith(path) else f"{path}: {note}"
        warn_or_error(AdapterEventWarning(name="Glue", base_msg="{}", args=[warning]))
    if not outcome["ok"]:
        logger.debug(f"{result.query_id} failed while: {outcome['error']['phase']}")
        raise PythonModelError(error_text(path, outcome["error"]))
    if str(outcome["conversion"]).startswith("row by row"):
        logger.info(f"{path}: the pandas result became Spark's {outcome['conversion']}")
    for rewrite in outcome.get("rewrites") or []:
        if not rewrite["applied"]:
            logger.debug(
                f"{path}:{rewrite['line']}: {rewrite['rewrite']} as the source says: {rewrite['why']}"
            )
    rows = int(outcome["rows"])
    logger.debug(
        f"{name}: {rows} rows of a {outcome['kind']} frame (conversion: {outcome['conversion']}; seconds: {outcome['seconds']})"
    )
    return PythonModelResponse(
        _message=f"OK {rows}",
        code="OK",
        rows_affected=rows,
        query_id=result.query_id,
        frame_kind=outcome["kind"],
        conversion=outcome["conversion"],
        columns=outcome["columns"],
        seconds=outcome["seconds"],
        rewrites=list(outcome.get("rewrites") or []),
    )


def error_text(path: str, error: Mapping[str, Any]) -> str:
    """A model's error as people read it: where, what, the line; then the way there, if it is longer than that."""
    line = error.get("line")
    place = f"{path}:{line}" if line else path
    what = str(error["message"])
    if error["type"] not in ("DbtError", "ModelError", "ContractError") and not what.startswith(
        str(error["type"])
    ):
        what = f"{error['type']}: {what}"
    text = f"{place}: {what}"
    source = error.get("text")
    trace = str(error.get("traceback") or "")
    frames = [
        row
        for row in trace.splitlines()
        if row.startswith(f"{path}:") or (":" in row and ", in " in row)
    ]
    if len(frames) > 1 or "\n\n" in trace or error["type"] == "SyntaxError":
        return f"{text}\n\n" + "\n".join(f"  {row}".rstrip() for row in trace.splitlines())
    return f"{text}\n    {source}" if source else text


def execute_python(adapter: GlueAdapter, code: str, *, timeout: float | None = None) -> str:
    """Runs Python code in the thread's session, as one statement; returns what it printed and its last value.

    Raises DbtRuntimeError with the session's traceback when the code fails.
    """
    if len(code) > MAX_CODE:
        raise DbtRuntimeError(
            f"the code has {len(code):,} characters, a Glue statement at most {MAX_CODE:,}"
        )
    result = adapter.connections.handle().run([code], timeout=timeout)
    if result.failed:
        trace = "".join(result.traceback).rstrip()
        raise DbtRuntimeError(
            f"{result.error_name}: {result.error_value}" + (f"\n{trace}" if trace else "")
        )
    return result.text
