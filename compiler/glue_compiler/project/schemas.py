"""Real schemas of relations: what a session or the Data Catalog said, when, and whether it still holds."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from glue_compiler.project.context import (
    RelationColumn,
    RelationColumns,
    columns_of_node,
    columns_of_table,
)
from glue_compiler.project.real_schema import RealSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from glue_compiler.project.context import ProjectContext

FOLDER = "schemas"
"""The folder of the schemas in the project's cache folder: a JSON file for every relation."""
MAX_AGE = timedelta(hours=24)
"""How old a schema may be before it counts as stale, unless a setting says otherwise."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


def now_utc() -> str:
    """The present moment as `fetched_at` has it."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass(frozen=True)
class SchemaStore:
    """Real schemas by key. `digest` changes with everything in it."""

    schemas: Mapping[str, RealSchema] = field(default_factory=dict)

    @staticmethod
    def of(schemas: Iterable[RealSchema]) -> SchemaStore:
        """A store of some schemas; of two with the same key the later one stays."""
        found: dict[str, RealSchema] = {}
        for schema in schemas:
            known = found.get(schema.key)
            if known is None or known.moment <= schema.moment:
                found[schema.key] = schema
        return SchemaStore(found)

    def get(self, key: str) -> RealSchema | None:
        """The schema of a key."""
        return self.schemas.get(key)

    def __iter__(self) -> Iterator[RealSchema]:
        return iter(self.schemas.values())

    @property
    def digest(self) -> str:
        """A word that is the same for the same schemas; empty for none."""
        if not self.schemas:
            return ""
        text = json.dumps([self.schemas[key].to_dict() for key in sorted(self.schemas)])
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class SchemaCache:
    """The schemas of a project on disk: a file for each, replaced at once or not at all.

    The files are a hint and never an authority: one that cannot be read does not count.
    """

    def __init__(self, cache_folder: Path) -> None:
        self._folder = cache_folder / FOLDER

    def load(self) -> SchemaStore:
        """All schemas that can be read."""
        found: list[RealSchema] = []
        try:
            paths = sorted(self._folder.glob("*.json"))
        except OSError:
            return SchemaStore()
        for path in paths:
            with suppress(OSError, ValueError):
                data = json.loads(path.read_bytes())
                if isinstance(data, dict):
                    found.append(RealSchema.from_dict(data))
        return SchemaStore.of(found)

    def save(self, schema: RealSchema) -> None:
        """Store a schema in place of the one of its key. Raises OSError where that cannot be."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(schema.key)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_text(json.dumps(schema.to_dict(), indent=1) + "\n", encoding="utf-8")
        partial.replace(path)

    def forget(self, key: str) -> None:
        """Remove the schema of a key, if there is one."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        # Keys that differ only in case, or in what file names cannot hold, get files of their own.
        mark = hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
        return self._folder / f"{_UNSAFE.sub('_', key)[:100]}-{mark}.json"


def is_stale(
    schema: RealSchema,
    *,
    now: datetime,
    max_age: timedelta = MAX_AGE,
    changed_at: datetime | None = None,
    source_hash: str | None = None,
) -> bool:
    """Whether a schema may no longer hold: it is too old, or the file that makes the relation changed since it was built.

    `changed_at` is when that file was changed; `source_hash`, where both are known, is compared instead.
    """
    if schema.source_hash is not None and source_hash is not None:
        return schema.source_hash != source_hash or now - schema.moment > max_age
    made = datetime.fromisoformat(schema.built_at) if schema.built_at else schema.moment
    if changed_at is not None and changed_at > made + timedelta(seconds=1):
        return True
    return now - schema.moment > max_age


def real_columns(
    schema: RealSchema, declared: RelationColumns | None, *, stale: bool
) -> RelationColumns:
    """A real schema as the project's other columns are; places and descriptions come from YAML."""
    known = {column.name.lower(): column for column in (declared.columns if declared else ())}
    columns = []
    for column in schema.columns:
        said = known.get(column.name.lower())
        columns.append(
            RelationColumn(
                column.name,
                column.type,
                schema.provenance,
                said.place if said else None,
                said.description if said else None,
            )
        )
    return RelationColumns(
        tuple(columns),
        schema.provenance,
        complete=True,
        place=declared.place if declared else None,
        fetched_at=schema.fetched_at,
        stale=stale,
    )


def with_real_schemas(
    project: ProjectContext,
    store: SchemaStore,
    mtimes_ns: Mapping[str, int],
    *,
    now: datetime | None = None,
    max_age: timedelta = MAX_AGE,
) -> ProjectContext:
    """The project with the schemas of the store before all that is declared.

    `mtimes_ns` are the modification times of the project's files by path. A model that was
    validated after its table was looked up is known by what it returned then.
    """
    if not store.schemas:
        return project
    moment = now or datetime.now(timezone.utc)
    found: dict[str, RelationColumns] = {}
    validated: dict[str, RealSchema] = {}
    for node in project.nodes:
        output = store.get(f"output:{node.key}")
        if output is not None:
            validated[node.key] = output
        key = f"ref:{node.key}"
        # What an editor has not saved is nothing that other models could read.
        usable = output if output is not None and output.saved else None
        candidates = [item for item in (store.get(key), usable) if item is not None]
        if not candidates:
            continue
        schema = max(candidates, key=lambda item: item.moment)
        mtime = mtimes_ns.get(node.path)
        changed = None if mtime is None else datetime.fromtimestamp(mtime / 1e9, timezone.utc)
        stale = is_stale(schema, now=moment, max_age=max_age, changed_at=changed)
        found[key] = real_columns(schema, columns_of_node(node), stale=stale)
    for table in project.sources:
        key = f"source:{table.source}.{table.name}"
        said = store.get(key)
        if said is not None:
            stale = is_stale(said, now=moment, max_age=max_age)
            found[key] = real_columns(said, columns_of_table(table), stale=stale)
    if not found:
        return project
    stale_keys = sorted(key for key, columns in found.items() if columns.stale)
    text = f"{project.digest}|{store.digest}|{stale_keys}"
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return replace(project, real=found, validated=validated, digest=digest)


def age_text(fetched_at: str, now: datetime | None = None) -> str:
    """How long ago, in words: `just now`, `3 min ago`, `2 h ago`, `5 days ago`."""
    passed = (now or datetime.now(timezone.utc)) - datetime.fromisoformat(fetched_at)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"
