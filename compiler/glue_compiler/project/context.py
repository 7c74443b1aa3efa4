"""What a project knows, as plain data: its models, sources, seeds, their columns and where each was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from glue_compiler.project.ignored import is_ignored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.project.real_schema import RealSchema

Provenance = Literal["contract", "yaml", "seed", "session", "catalog", "inferred"]
RefStatus = Literal["found", "disabled", "unknown package", "unknown model", "unknown version"]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line (1-based) of a file; `path` is relative to the project, with forward slashes."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """A column as declared or read; `type` is None where nobody said it."""

    name: str
    type: str | None = None
    provenance: Provenance = "yaml"
    place: FileLine | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Something that `ref` can name: a model (one version of it), a seed or a snapshot.

    `config` holds the literal values that were found, the nearest place winning as in dbt:
    dbt_project.yml, then YAML properties, then the file itself. A value that only Jinja can
    tell is the string with its braces; `is_jinja` recognises it.
    """

    kind: Literal["model", "seed", "snapshot"]
    name: str
    package: str
    path: str
    language: Literal["sql", "python", "csv", "yaml"] = "sql"
    version: str | None = None
    is_latest: bool = True
    enabled: bool | None = True
    config: Mapping[str, Any] = field(default_factory=dict)
    folder_config: Mapping[str, Any] = field(default_factory=dict)
    yaml_config: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[RelationColumn, ...] = ()
    contract: bool = False
    columns_complete: bool = False
    description: str | None = None
    properties: FileLine | None = None
    database: str | None = None
    schema: str | None = None
    alias: str | None = None

    @property
    def key(self) -> str:
        """`package.name` or `package.name.v2`."""
        base = f"{self.package}.{self.name}"
        return base if self.version is None else f"{base}.v{self.version}"

    @property
    def relation(self) -> str:
        """The name of the table that dbt writes for it, without its schema."""
        return self.alias or (self.name if self.version is None else f"{self.name}_v{self.version}")

    @property
    def materialized(self) -> str | None:
        """How dbt builds it, None when only Jinja can tell."""
        value = self.config.get("materialized")
        if isinstance(value, str) and not is_jinja(value):
            return value
        if value is not None:
            return None
        return {"seed": "seed", "snapshot": "snapshot"}.get(
            self.kind, "table" if self.language == "python" else "view"
        )


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table of a source: `dbt.source(source, name)`."""

    source: str
    name: str
    package: str
    place: FileLine | None = None
    schema: str | None = None
    database: str | None = None
    identifier: str | None = None
    enabled: bool | None = True
    columns: tuple[RelationColumn, ...] = ()
    columns_complete: bool = False
    description: str | None = None

    @property
    def relation(self) -> str:
        """The name of the table in its schema."""
        return self.identifier or self.name


@dataclass(frozen=True, slots=True)
class RefMatch:
    """What a `ref` names; `node` is set when the status is `found` or `disabled`."""

    status: RefStatus
    node: Node | None = None
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationColumns:
    """The columns of a relation; an incomplete list may lack columns that exist.

    Columns that a session or the catalog gave have a time (`fetched_at`, ISO 8601) and may be stale.
    """

    columns: tuple[RelationColumn, ...]
    provenance: Provenance
    complete: bool
    place: FileLine | None = None
    fetched_at: str | None = None
    stale: bool = False


@dataclass(frozen=True)
class ProjectContext:
    """Everything that rules may know about the project around a model.

    `nodes_complete` and `sources_complete` are False when a file could not be read or a package
    is not installed: then a name that is not here may still exist, and rules stay silent.
    `real` holds the schemas that a session or the catalog gave, by `ref:` and the node's key, or
    `source:` and the table's names; they count before what is declared. `validated` holds, by the
    node's key, what models returned when a session validated them. `variables` are those of dbt_project.yml, `ignored` the lines of .dbtignore. `notes` say of files what could
    not be used of them. `digest` changes with
    everything that is known here, and not with the bodies of models.
    """

    root: str
    name: str
    nodes: tuple[Node, ...] = ()
    sources: tuple[SourceTable, ...] = ()
    packages: tuple[str, ...] = ()
    model_paths: tuple[str, ...] = ("models",)
    ignored: tuple[str, ...] = ()
    nodes_complete: bool = True
    sources_complete: bool = True
    packages_complete: bool = True
    local_modules: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    from_manifest: bool = False
    notes: tuple[str, ...] = ()
    digest: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    real: Mapping[str, RelationColumns] = field(default_factory=dict)
    validated: Mapping[str, RealSchema] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_name: dict[str, list[Node]] = {}
        by_path: dict[str, Node] = {}
        for node in self.nodes:
            by_name.setdefault(node.name, []).append(node)
            by_path.setdefault(node.path, node)
        by_source: dict[str, dict[str, SourceTable]] = {}
        for table in self.sources:
            by_source.setdefault(table.source, {}).setdefault(table.name, table)
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_path", by_path)
        object.__setattr__(self, "_by_source", by_source)

    _by_name: dict[str, list[Node]] = field(init=False, repr=False, compare=False)
    _by_path: dict[str, Node] = field(init=False, repr=False, compare=False)
    _by_source: dict[str, dict[str, SourceTable]] = field(init=False, repr=False, compare=False)

    @property
    def node_names(self) -> tuple[str, ...]:
        """The names that `ref` can take, in order of the alphabet."""
        return tuple(sorted(self._by_name))

    @property
    def source_names(self) -> tuple[str, ...]:
        """The names of the sources, in order of the alphabet."""
        return tuple(sorted(self._by_source))

    def source_tables(self, source: str) -> Mapping[str, SourceTable]:
        """The tables of a source by name; empty for a source that is not known."""
        return self._by_source.get(source, {})

    def source_table(self, source: str, name: str) -> SourceTable | None:
        """One table of a source."""
        return self._by_source.get(source, {}).get(name)

    def ignores(self, path: str) -> bool:
        """Whether .dbtignore keeps dbt from reading a file; `path` is relative to the project."""
        return is_ignored(path, self.ignored)

    def node_at(self, path: str) -> Node | None:
        """The node that a file defines; `path` is relative to the project."""
        return self._by_path.get(path)

    def versions_of(self, name: str) -> tuple[str, ...]:
        """The versions of a model, the empty tuple when it has none."""
        return tuple(
            node.version for node in self._by_name.get(name, ()) if node.version is not None
        )

    def find_ref(
        self, name: str, package: str | None = None, version: str | int | float | None = None
    ) -> RefMatch:
        """What `dbt.ref(name)`, `dbt.ref(package, name)` or `dbt.ref(name, v=version)` names.

        Follows RefableLookup in dbt/contracts/graph/manifest.py: a falsy version counts as none,
        and an unversioned ref to a versioned model means its latest version.
        """
        if package is not None and package not in self.packages:
            return RefMatch("unknown package")
        nodes = [node for node in self._by_name.get(name, ()) if package in (None, node.package)]
        if not nodes:
            return RefMatch("unknown model")
        versions = tuple(node.version for node in nodes if node.version is not None)
        if version:
            nodes = [node for node in nodes if node.version == str(version)]
            if not nodes:
                return RefMatch("unknown version", versions=versions)
        elif versions:
            nodes = [node for node in nodes if node.is_latest or node.version is None] or nodes
        nodes.sort(key=lambda node: (node.enabled is False, node.package != self.name))
        node = nodes[0]
        return RefMatch("disabled" if node.enabled is False else "found", node, versions)

    def columns_of_ref(
        self, name: str, package: str | None = None, version: str | int | float | None = None
    ) -> RelationColumns | None:
        """The columns of what a `ref` names, None when nothing is known."""
        node = self.find_ref(name, package, version).node
        if node is None:
            return None
        return most_trusted(self.real.get(f"ref:{node.key}"), columns_of_node(node))

    def columns_of_source(self, source: str, name: str) -> RelationColumns | None:
        """The columns of a source table, None when nothing is known."""
        table = self.source_table(source, name)
        if table is None:
            return None
        return most_trusted(self.real.get(f"source:{source}.{name}"), columns_of_table(table))


def columns_of_node(node: Node) -> RelationColumns | None:
    """The columns that a node is known to have, None when nobody declared any."""
    if not node.columns:
        return None
    provenance: Provenance = "contract" if node.contract else node.columns[0].provenance
    return RelationColumns(node.columns, provenance, node.columns_complete, node.properties)


def columns_of_table(table: SourceTable) -> RelationColumns | None:
    """The columns that are declared for a source table, None when nobody declared any."""
    if not table.columns:
        return None
    return RelationColumns(
        table.columns, table.columns[0].provenance, table.columns_complete, table.place
    )


def most_trusted(
    real: RelationColumns | None, declared: RelationColumns | None
) -> RelationColumns | None:
    """The columns to go by: real ones, then declared ones; a stale schema stands behind a complete declaration."""
    if real is None:
        return declared
    if real.stale and declared is not None and declared.complete:
        return declared
    return real


def is_jinja(value: object) -> bool:
    """Whether a configured value is known only once dbt has rendered it."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)
