"""One run of a model as far as the project's files tell: what dbt would resolve for it, so that people can read its program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from glue_compiler.importing import IMPORTS
from glue_compiler.knowledge.visible_configs import visible_configs
from glue_compiler.program.columns_contract import columns_contract
from glue_compiler.program.emit import (
    ProgramRequest,
    WriteTarget,
    emit,
)
from glue_compiler.program.request import Reference, SourceReference, This

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.facts.model import DbtUse, ModelFacts
    from glue_compiler.plan.planner import Plan
    from glue_compiler.project.context import Node
    from glue_compiler.project.surroundings import Surroundings
    from glue_compiler.schemas.resolver import FrameSchemas

NONCE = "0" * 16
"""Stands where a run has a number of its own, so that the same model gives the same text."""


@dataclass(frozen=True, slots=True)
class PlannedProgram:
    """The plan of a model's run, and what its program is made of."""

    plan: Plan
    request: ProgramRequest
    facts: ModelFacts
    glue: str
    spark: str
    schemas: FrameSchemas

    @property
    def text(self) -> str:
        """The program as it reaches the session."""
        return emit(self.request).text

    @property
    def readable(self) -> str:
        """The program for people, which writes a scratch table and needs nothing but a session called `spark`."""
        with IMPORTS:
            from glue_compiler.plan.gains import columns_at
            from glue_compiler.plan.readable import Reading, readable

        return readable(
            Reading(
                self.facts,
                self.plan,
                self.request,
                self.scratch.request.target.relation,
                self.glue,
                self.spark,
                lambda span: columns_at(self.facts, self.schemas, span),
            )
        )

    @property
    def scratch(self) -> PlannedProgram:
        """The same for a program that writes a scratch table, `<model>__standalone`, and not the model's own."""
        this = self.request.this
        relation = _quoted(this.schema, f"{this.identifier}__standalone")
        target = replace(self.request.target, relation=relation)
        return replace(self, request=replace(self.request, target=target))


def expected_run(
    facts: ModelFacts, path: str | None, around: Surroundings, *, incremental: bool
) -> ProgramRequest:
    """The run that dbt would make of a model, without its source; `facts` are of its text as it stands.

    `path` is the file's in the project, or its name outside of one. A relation whose schema only
    dbt knows is in the target's schema, else in `default`. A run that adds to a table writes its
    rows into one of their own first, which is neither partitioned nor of the model's format, as
    the adapter does.

    Raises:
        ValueError: for a `columns_contract` that cannot be held.
    """
    name = path or "model.py"
    node = None if around.project is None else around.project.node_at(name)
    stem = PurePosixPath(name).stem
    config = {**({} if node is None else node.config), **_own_config(facts)}
    meta = config.get("meta")
    identifier = stem if node is None else node.relation
    default_schema = around.target.schema or "default"
    schema = (None if node is None else node.schema) or default_schema
    relation = _quoted(schema, identifier)
    refs, sources = _references(facts, around, default_schema)
    package = node.package if node is not None else around.project.name if around.project else None
    declared = [] if node is None else _declared(node)
    contract = columns_contract(stem if node is None else node.name, config, declared)
    return ProgramRequest(
        unique_id=f"model.{package or 'standalone'}.{stem if node is None else _versioned(node)}",
        filename=name,
        source="",
        this=This(None, schema, identifier, relation),
        target=WriteTarget(
            relation,
            existing=relation if incremental else None,
            declared={column: kind for column, kind in declared if kind is not None},
            **({} if incremental else write_options(config)),
        ),
        nonce=NONCE,
        refs=refs,
        sources=sources,
        config=visible_configs(config),
        meta=meta if isinstance(meta, dict) else {},
        is_incremental=incremental,
        database=around.target.schema,
        contract=contract,
    )


def write_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """How a result is stored, by the configs that SQL models have too; as the macro py_get_writer_options says it."""
    properties = {
        str(key): str(value).lower() if isinstance(value, bool) else str(value)
        for name in ("table_properties", "tblproperties")
        for key, value in (_mapping(config.get(name))).items()
    }
    buckets = config.get("buckets")
    return {
        "file_format": str(config.get("file_format") or "parquet").lower(),
        "partition_by": _names(config.get("partition_by")),
        "bucket_by": _names(config.get("clustered_by")),
        "buckets": buckets if isinstance(buckets, int) else None,
        "options": {str(k): str(v) for k, v in _mapping(config.get("options")).items()},
        "table_properties": properties,
    }


def _own_config(facts: ModelFacts) -> dict[str, Any]:
    """The configs that the text itself sets with literals, saved or not."""
    return {
        argument.name: argument.value
        for use in facts.uses("config")
        if use.called
        for argument in use.args
        if argument.name is not None and argument.literal is not None
    }


def _declared(node: Node) -> list[tuple[str, str | None]]:
    """The names and types of the columns that YAML declares for a model."""
    return [
        (column.name, column.type)
        for column in node.columns
        if column.provenance in ("contract", "yaml")
    ]


def _versioned(node: Node) -> str:
    return node.name if node.version is None else f"{node.name}.v{node.version}"


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _references(
    facts: ModelFacts, around: Surroundings, schema: str
) -> tuple[tuple[Reference, ...], tuple[SourceReference, ...]]:
    refs: dict[Reference, None] = {}
    sources: dict[SourceReference, None] = {}
    project = around.project
    for use in facts.uses("ref", "source"):
        parts = [str(a.value) for a in use.args if a.name is None and a.literal is not None]
        if not use.called or not 1 <= len(parts) <= 2:
            continue
        if use.api == "source" and len(parts) == 2:
            table = None if project is None else project.source_table(*parts)
            found = _quoted(
                (table.schema if table else None) or parts[0],
                table.relation if table else parts[1],
            )
            sources[SourceReference(parts[0], parts[1], found)] = None
        elif use.api == "ref":
            refs[_reference(use, parts, around, schema)] = None
    return tuple(refs), tuple(sources)


def _reference(use: DbtUse, parts: list[str], around: Surroundings, schema: str) -> Reference:
    version = use.argument(9, "v", "version")
    wanted = None if version is None or version.literal is None else str(version.value)
    package = parts[0] if len(parts) == 2 else None
    project = around.project
    node = None if project is None else project.find_ref(parts[-1], package, wanted).node
    if node is not None and node.materialized == "ephemeral":
        # Its query is Jinja's to tell; a name that dbt gives its CTE says what is missing.
        return Reference(parts[-1], _backticked(f"__dbt__cte__{node.relation}"), package, wanted)
    relation = _quoted(
        (node.schema if node else None) or schema, node.relation if node else parts[-1]
    )
    return Reference(parts[-1], relation, package, wanted)


def _quoted(schema: str, name: str) -> str:
    return ".".join(map(_backticked, (schema, name)))


def _backticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
