"""One validation from end to end: what dbt resolved, what the session answered, what differs, what is remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.requirement import requirement_texts
from glue_compiler.knowledge.visible_configs import visible_configs
from glue_compiler.program.outcome import Expectation, Outcome, outcome_of
from glue_compiler.program.request import Reference, SourceReference, This
from glue_compiler.program.transport import functions_statements, new_nonce
from glue_compiler.program.validation import (
    DEFAULT_ROWS,
    DeclaredColumn,
    ValidationRequest,
    schema_statements,
    validation_statements,
)
from glue_compiler.project.load import CACHE_FOLDER
from glue_compiler.project.real_schema import RealColumn, RealSchema
from glue_compiler.project.schemas import SchemaCache, now_utc
from glue_compiler.text.source import SourceText

from dbt.adapters.glue.catalog import columns_of
from dbt.adapters.glue.python_models.contracts import contract_mode, declared_columns
from dbt.adapters.glue.session_meta import environment_with, session_overrides
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.validation.project import Located

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.workspace import Workspace

    from dbt.adapters.glue.validation.project import DbtProject
    from dbt.adapters.glue.validation.session import ValidationSession

__all__ = ["Reads", "Validation", "describe", "fetch_schemas", "validate", "validation_request"]


@dataclass(frozen=True)
class Validation:
    """The result for whoever asked, as JSON data by `to_dict`."""

    path: str
    source_hash: str
    outcome: Outcome
    diagnostics: tuple[dict[str, Any], ...]
    schemas: tuple[RealSchema, ...]
    is_incremental: bool

    def to_dict(self) -> dict[str, Any]:
        """The columns, the diagnostics, and how the model was validated."""
        return {
            "path": self.path,
            "sourceHash": self.source_hash,
            "ok": self.outcome.ok,
            "kind": self.outcome.kind,
            "columns": [list(column) for column in self.outcome.columns]
            if self.outcome.ok
            else None,
            "diagnostics": list(self.diagnostics),
            "sampleRows": self.outcome.rows,
            "isIncremental": self.is_incremental,
            "output": self.outcome.output,
            "notes": list(self.outcome.notes),
            "seconds": self.outcome.seconds,
            "engine": self.outcome.engine,
            "schemas": [schema.key for schema in self.schemas],
        }


@dataclass(frozen=True)
class Reads:
    """What a model reads, as the program needs it and by the project's names."""

    refs: tuple[Reference, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    located: tuple[Located, ...] = ()


def validate(
    project: DbtProject,
    session: ValidationSession,
    path: str,
    text: str | None,
    rows: int | None,
    cancel: threading.Event,
    progress: Callable[[str], None],
) -> Validation:
    """Validates a model's text (that of its file when it is None) in the session.

    Raises DbtRuntimeError where there is nothing to validate or no session, Cancelled.
    """
    node = project.node(path)
    if text is None:
        source = SourceText.from_bytes((project.root / path).read_bytes())
    else:
        source = SourceText(text)
    adapter = project.adapter
    workspace = project.open_workspace()
    facts = workspace.facts(source)
    reads = _with_queries(project, _reads(project, node, facts))
    config = node.config.to_dict(omit_none=True)
    this = project.relation_of(node)
    table = adapter.data_catalog.table(str(this.schema), str(this.identifier))
    incremental = config.get("materialized") == "incremental" and table is not None
    incremental = incremental and config.get("full_refresh") is not True
    nonce = new_nonce()
    request = validation_request(
        project, node, source, reads, nonce, incremental=incremental, rows=rows or DEFAULT_ROWS
    )
    overrides = session_overrides(config, str(node.unique_id))
    base = (
        environment_with(adapter.credentials, overrides)
        if overrides
        else Environment.of(adapter.credentials)
    )
    functions = project.functions_named_in(source.text)
    wanted = requirement_texts(config.get("packages"))
    packages = [*wanted, *(text for each in functions for text in each["packages"])]
    environment = project.packages.environment_of({**config, "packages": packages}, base)
    statements = (
        *functions_statements(functions),
        *project.packages.with_modules(config, validation_statements(request)),
    )
    progress(f"Validating {path}")
    outcome = outcome_of(session.ask(statements, nonce, environment, cancel, progress))
    expected = Expectation(
        contract=contract_mode(config, path),
        target=None if table is None else tuple((c.name, c.dtype) for c in columns_of(table)),
        replaced=not incremental,
        on_schema_change=str(config.get("on_schema_change") or "ignore"),
        inferred=_inferred(workspace, facts),
    )
    found = workspace.session_findings(path, source, outcome, expected)
    schemas = _schemas(project, node, source, outcome, reads, environment)
    cache = SchemaCache(project.root / CACHE_FOLDER)
    for schema in schemas:
        cache.save(schema)
    return Validation(
        path, source.hash, outcome, tuple(item.to_dict() for item in found), schemas, incremental
    )


def validation_request(
    project: DbtProject,
    node: Any,
    source: SourceText,
    reads: Reads,
    nonce: str,
    *,
    incremental: bool,
    rows: int,
) -> ValidationRequest:
    """What the session is asked about a model's text: the model is shown what a run of it would show."""
    config = node.config.to_dict(omit_none=True)
    this = project.relation_of(node)
    return ValidationRequest(
        filename=Path(node.original_file_path).as_posix(),
        source=source.text,
        this=This(this.database, str(this.schema), str(this.identifier), this.render()),
        nonce=nonce,
        refs=reads.refs,
        sources=reads.sources,
        config=visible_configs(config),
        meta=dict(config.get("meta") or {}),
        is_incremental=incremental,
        existing=this.render() if incremental else None,
        database=project.adapter.credentials.schema,
        declared=tuple(DeclaredColumn(name, kind) for name, kind in declared_columns(node.columns)),
        rows=rows,
    )


def fetch_schemas(project: DbtProject, path: str | None) -> tuple[RealSchema, ...]:
    """The schemas that the Data Catalog has of what a model reads, or of everything; no session is needed.

    They are remembered; what the catalog does not have (any more) is forgotten.
    """
    if path is None:
        wanted = tuple(project.everything())
    else:
        node = project.node(path)
        source = SourceText.from_bytes((project.root / path).read_bytes())
        wanted = _reads(project, node, project.open_workspace().facts(source)).located
    cache = SchemaCache(project.root / CACHE_FOLDER)
    found: list[RealSchema] = []
    for item in wanted:
        schema = _from_catalog(project, item)
        if schema is None:
            cache.forget(item.key)
        else:
            cache.save(schema)
            found.append(schema)
    return tuple(found)


def describe(
    project: DbtProject,
    session: ValidationSession,
    name: str,
    cancel: threading.Event,
    progress: Callable[[str], None],
) -> RealSchema:
    """The real schema of a model, seed, snapshot, source table or `database.table`.

    It comes from the Data Catalog, and from the session where the catalog has no columns of it.
    Raises DbtRuntimeError for what is nowhere, Cancelled.
    """
    item = project.named(name)
    if item is None:
        database, _, table = name.rpartition(".")
        if not database or "." in database:
            raise DbtRuntimeError(
                f"{name} is no model, seed, snapshot or source of the project, and no `database.table`"
            )
        relation = project.adapter.Relation.create(schema=database, identifier=table)
        item = Located(f"table:{name}", relation)
    found = _from_catalog(project, item)
    if found is None:
        adapter, nonce = project.adapter, new_nonce()
        shown = item.relation.render()
        statements = schema_statements([shown], nonce, adapter.credentials.schema)
        environment = Environment.of(adapter.credentials)
        answer = session.ask(statements, nonce, environment, cancel, progress)
        columns = answer["relations"][shown]
        if columns is None:
            raise DbtRuntimeError(f"{name}: {answer['errors'][shown]}")
        found = RealSchema(
            key=item.key,
            relation=f"{item.relation.schema}.{item.relation.identifier}",
            columns=tuple(RealColumn(*column) for column in columns),
            provenance="session",
            fetched_at=now_utc(),
            glue_version=environment.glue_version,
            engine=str(answer["engine"]),
        )
    if not item.key.startswith("table:"):
        SchemaCache(project.root / CACHE_FOLDER).save(found)
    return found


def _from_catalog(project: DbtProject, item: Located) -> RealSchema | None:
    """What the Data Catalog has of a relation; None where it has no columns."""
    relation, adapter = item.relation, project.adapter
    table = adapter.data_catalog.table(str(relation.schema), str(relation.identifier))
    columns = () if table is None else tuple(columns_of(table))
    if not columns:
        return None
    return RealSchema(
        key=item.key,
        relation=f"{relation.schema}.{relation.identifier}",
        columns=tuple(RealColumn(column.name, column.dtype) for column in columns),
        provenance="catalog",
        fetched_at=now_utc(),
        glue_version=adapter.credentials.glue_version,
        built_at=_built_at(table),
    )


def _built_at(table: dict[str, Any] | None) -> str | None:
    """When a table was last changed in the catalog, which is when dbt switched it."""
    moment = None if table is None else table.get("UpdateTime") or table.get("CreateTime")
    return None if moment is None else moment.astimezone(timezone.utc).isoformat(timespec="seconds")


def _reads(project: DbtProject, node: Any, facts: ModelFacts) -> Reads:
    """The refs and sources that dbt's parser sees in the text, resolved as dbt resolves them.

    Raises DbtRuntimeError, with the line, for one that the project does not have.
    """
    refs: dict[Reference, Located] = {}
    sources: dict[SourceReference, Located] = {}
    for use in facts.uses("ref", "source"):
        parts = [str(a.value) for a in use.args if a.name is None and a.literal is not None]
        if not use.called or not use.visible or not 1 <= len(parts) <= 2:
            continue
        if use.api == "source":
            if len(parts) == 2:
                table = project.source(node, parts[0], parts[1])
                sources[SourceReference(parts[0], parts[1], table.relation.render())] = table
            continue
        given = use.argument(9, "v", "version")
        version = None if given is None or given.literal is None else str(given.value)
        package = parts[0] if len(parts) == 2 else None
        model = project.ref(node, parts[-1], package, version)
        refs[Reference(parts[-1], model.relation.render(), package, version)] = model
    return Reads(tuple(refs), tuple(sources), (*refs.values(), *sources.values()))


def _with_queries(project: DbtProject, reads: Reads) -> Reads:
    """The same with the SQL of the ephemeral models. Raises DbtRuntimeError for one that dbt cannot compile."""
    queries = {
        item.relation.render(): project.query_of(item.ephemeral)
        for item in reads.located
        if item.ephemeral is not None
    }
    return replace(
        reads, refs=tuple(replace(ref, query=queries.get(ref.relation)) for ref in reads.refs)
    )


def _schemas(
    project: DbtProject,
    node: Any,
    source: SourceText,
    outcome: Outcome,
    reads: Reads,
    environment: Environment,
) -> tuple[RealSchema, ...]:
    """What the session told of the relations that were read, and of what the model returns."""
    moment = now_utc()
    found = []
    by_relation = {item.relation.render(): item for item in reads.located}
    for relation, columns in outcome.inputs.items():
        item = by_relation.get(relation)
        if item is not None:
            place = f"{item.relation.schema}.{item.relation.identifier}"
            real = _real(item.key, place, columns, moment, outcome, environment)
            table = project.adapter.data_catalog.table(
                str(item.relation.schema), str(item.relation.identifier)
            )
            found.append(replace(real, built_at=_built_at(table)))
    if outcome.ok:
        suffix = "" if node.version is None else f".v{node.version}"
        key = f"output:{node.package_name}.{node.name}{suffix}"
        this = project.relation_of(node)
        place = f"{this.schema}.{this.identifier}"
        columns = outcome.columns
        real = _real(key, place, columns, moment, outcome, environment)
        on_disk = SourceText.from_bytes((project.root / node.original_file_path).read_bytes())
        found.append(
            replace(
                real,
                source_hash=source.hash,
                kind=outcome.kind,
                saved=on_disk.hash == source.hash,
            )
        )
    return tuple(found)


def _real(
    key: str,
    place: str,
    columns: Sequence[tuple[str, str, bool]],
    moment: str,
    outcome: Outcome,
    environment: Environment,
) -> RealSchema:
    return RealSchema(
        key=key,
        relation=place,
        columns=tuple(RealColumn(*column) for column in columns),
        provenance="session",
        fetched_at=moment,
        glue_version=environment.glue_version,
        engine=outcome.engine,
    )


def _inferred(workspace: Workspace, facts: ModelFacts) -> tuple[str, ...] | None:
    """The names that the analysis of the text expects to be returned; None where it does not know them all."""
    frames = {item.frame for item in facts.flow.returns}
    if len(frames) != 1:
        return None
    (frame,) = frames
    if frame is None:
        return None
    schema = workspace.schemas_of(facts).of(frame)
    return tuple(column.name for column in schema.columns) if schema.exact else None
