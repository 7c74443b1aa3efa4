"""LF-tags as a node's `lf_tags_config` has them: compared with those that its table, columns and database were given."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.lake_formation import InvalidConfig, tags_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from glue_compiler.knowledge.lake_formation import Tags

    from dbt.adapters.glue.lake_formation.calls import LakeFormation, LakeTable

__all__ = ["DatabaseTags", "apply_table_tags"]


class _Change(NamedTuple):
    """Tags that a resource is to have, and those that it is to have no longer."""

    resource: dict[str, Any]
    what: str
    added: dict[str, str]
    removed: dict[str, str]


def apply_table_tags(lake: LakeFormation, table: LakeTable, wanted: Tags) -> list[str]:
    """Gives a table and its columns their tags; gives back what was changed, a sentence each.

    Tags come before others go. Raises GlueApiError for a tag, value or column that is not there.
    """
    if not (wanted.table or wanted.columns or wanted.drop_existing):
        return []
    return _apply(lake, list(_table_changes(table, wanted, lake.assigned_tags(table.resource))))


class DatabaseTags:
    """The tags of the databases of a run, which its nodes name together. One for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._there: dict[tuple[str, str], dict[str, str]] = {}
        self._named: dict[str, dict[str, tuple[str, str]]] = {}

    def learn(self, nodes: Iterable[Any], selected: Collection[str]) -> None:
        """Looks at all nodes of a project before any is built.

        Raises CompilationError where two of them give a database two values of a tag, and one of the two is selected:
        the last to be built would win, another one each time.
        """
        by: dict[tuple[str, str], dict[str, list[Any]]] = {}
        for node in nodes:
            for key, value in _database_tags(node).items():
                schema = str(node.schema).lower()
                by.setdefault((schema, key), {}).setdefault(value, []).append(node)
        for (schema, key), values in by.items():
            if len(values) > 1 and any(
                node.unique_id in selected for nodes in values.values() for node in nodes
            ):
                told = "; ".join(
                    f"{key}={value} in {nodes[0].original_file_path}"
                    for value, nodes in values.items()
                )
                raise CompilationError(
                    f"`lf_tags_config` gives the database {schema} more than one value of a tag: {told}. It can have "
                    "one. Next: write the same in all, or once in dbt_project.yml"
                )
            for value, nodes in values.items():
                path = str(nodes[0].original_file_path)
                self._named.setdefault(schema, {})[key] = (value, path)

    def apply(self, lake: LakeFormation, table: LakeTable, wanted: Tags) -> list[str]:
        """Gives a database its tags, asking once in a run what it has; gives back what was changed.

        `drop_existing` takes those away that no node of the project names.
        """
        if not wanted.database:
            return []
        with self._lock:
            key = table.catalog, table.database
            there = self._there.get(key)
            if there is None:
                answer = lake.assigned_tags(table.database_resource)
                there = _pairs(answer.get("LFTagOnDatabase"))
            kept = {**self._named.get(table.database, {}), **wanted.database}
            change = _Change(
                table.database_resource,
                f"the database {table.database}",
                _missing(wanted.database, there),
                _surplus(kept, there) if wanted.drop_existing else {},
            )
            changed = _apply(lake, [change])
            left = {name: value for name, value in there.items() if name not in change.removed}
            self._there[key] = {**left, **change.added}
            return changed


def _table_changes(
    table: LakeTable, wanted: Tags, assigned: Mapping[str, Any]
) -> Iterator[_Change]:
    there = _pairs(assigned.get("LFTagsOnTable"))
    yield _Change(
        table.resource,
        str(table),
        _missing(wanted.table, there),
        _surplus(wanted.table, there) if wanted.drop_existing else {},
    )
    columns = {
        str(each["Name"]).lower(): _pairs(each.get("LFTags"))
        for each in assigned.get("LFTagsOnColumns") or ()
    }
    # Columns that get and lose the same are one call.
    alike: dict[tuple[tuple[tuple[str, str], ...], ...], list[str]] = {}
    for name in sorted({*wanted.columns, *columns}):
        named, has = wanted.columns.get(name, {}), columns.get(name, {})
        added, removed = _missing(named, has), _surplus(named, has) if wanted.drop_existing else {}
        key = tuple(tuple(sorted(tags.items())) for tags in (added, removed))
        alike.setdefault(key, []).append(name)
    for (added_tags, removed_tags), names in alike.items():
        what = f"{table}, {'column' if len(names) == 1 else 'columns'} {', '.join(names)}"
        yield _Change(table.columns(names), what, dict(added_tags), dict(removed_tags))


def _apply(lake: LakeFormation, changes: list[_Change]) -> list[str]:
    told = []
    for change in changes:
        if change.added:
            lake.add_tags(change.resource, change.added, change.what)
            told.append(f"set {_listed(change.added)} on {change.what}")
    for change in changes:
        if change.removed:
            lake.remove_tags(change.resource, change.removed, change.what)
            told.append(f"removed {_listed(change.removed)} from {change.what}")
    return told


def _pairs(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """The value of each tag of a resource: Lake Formation has a list, of one."""
    return {str(tag["TagKey"]): str(tag["TagValues"][0]) for tag in tags or ()}


def _missing(wanted: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in wanted.items() if there.get(key) != value}


def _surplus(wanted: Collection[str], there: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in there.items() if key not in wanted}


def _listed(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in tags.items())


def _database_tags(node: Any) -> Mapping[str, str]:
    try:
        tags = tags_of(node.config.get("lf_tags_config"))
    except InvalidConfig:
        return {}  # told where that node is built
    return {} if tags is None else tags.database
