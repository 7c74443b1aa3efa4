"""A dbt project with one node of each kind; each run carries a number, so that its rows tell who wrote them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

__all__ = ["KINDS", "Kind", "Rows", "Shop"]

Rows = list[tuple[Any, ...]]
"""Rows in the order of their text; None: no such table."""


def replaced(_old: Rows | None, number: int) -> Rows:
    return [(1, number), (2, number)]


def merged(old: Rows | None, number: int) -> Rows:
    new = {1: number, 2: number, 100 + number: number}
    return sorted(({**dict(old or []), **new}).items(), key=repr)


def grown(old: Rows | None, number: int) -> Rows:
    return sorted([*(old or []), (number, number)], key=repr)


def historised(old: Rows | None, number: int) -> Rows:
    """The current rows and those before them, which have an end."""
    kept = [(key, value, False) for key, value, _ in old or [] if value != number]
    return sorted({*kept, (1, number, True), (2, number, True)}, key=repr)


def by_parts(old: Rows | None, number: int) -> Rows:
    new = {(1, "a"): number, (3, f"p{number % 3}"): number}
    parts = {part for _, part in new}
    kept = {(key, part): value for key, value, part in old or [] if part not in parts}
    rows = [(key, value, part) for (key, part), value in {**kept, **new}.items()]
    return sorted(rows, key=repr)


@dataclass(frozen=True)
class Kind:
    """A node, dbt's command that builds it, and its rows after a run of a number by those before it.

    `part` is the position of the column by which it has partitions.
    """

    name: str
    command: str
    file: str
    text: str
    after: Callable[[Rows | None, int], Rows]
    columns: tuple[str, ...] = ("id", "run")
    part: int | None = None

    def may_be(self, found: Rows | None, *versions: Rows | None) -> bool:
        """Whether rows are those of one of the versions; each partition's for itself, as they are switched one by one."""
        if self.part is None or found is None:
            return found in versions
        every = [by_part(version or [], self.part) for version in versions]
        seen = by_part(found, self.part)
        parts = {part for version in (seen, *every) for part in version}
        return all(seen.get(p) in [version.get(p) for version in every] for p in parts)


def by_part(rows: Rows, position: int) -> dict[Any, Rows]:
    parts: dict[Any, Rows] = {}
    for row in rows:
        parts.setdefault(row[position], []).append(row)
    return parts


NUMBER = "{{ var('number', 0) }}"
PAIR = f"select 1 as id, {NUMBER} as run union all select 2, {NUMBER}"
PYTHON = """from pathlib import Path


def model(dbt, session):
    dbt.config(materialized="table")
    number = int(Path({path!r}).read_text())
    return session.createDataFrame([(1, number), (2, number)], "id int, run int")
"""
KINDS = {
    kind.name: kind
    for kind in (
        Kind("table", "run", "models/table.sql", f"{{{{ config(materialized='table') }}}} {PAIR}", replaced),
        Kind(
            "merge", "run", "models/merge.sql",
            "{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }} "
            f"{PAIR} union all select 100 + {NUMBER}, {NUMBER}",
            merged,
        ),
        Kind(
            "append", "run", "models/append.sql",
            "{{ config(materialized='incremental', incremental_strategy='append') }} "
            f"select {NUMBER} as id, {NUMBER} as run",
            grown,
        ),
        Kind("python", "run", "models/python.py", PYTHON, replaced),
        Kind("seed", "seed", "seeds/seed.csv", "id,run\n1,{number}\n2,{number}\n", replaced),
        Kind(
            "snapshot", "snapshot", "snapshots/snapshot.sql",
            "{% snapshot snapshot %}{{ config(unique_key='id', strategy='check', check_cols=['run']) }}\n"
            f"{PAIR}\n{{% endsnapshot %}}",
            historised, ("id", "run", "dbt_valid_to"),
        ),
        Kind(
            "overwrite", "run", "models/overwrite.sql",
            "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['part']) }} "
            f"select 1 as id, {NUMBER} as run, 'a' as part "
            f"union all select 3, {NUMBER}, 'p' || ({NUMBER} % 3)",
            by_parts, ("id", "run", "part"), 2,
        ),
    )
}  # fmt: skip


class Shop:
    """The project in a folder, whose profile reaches the endpoint at `url`."""

    def __init__(
        self, folder: Path, url: str, schema: str, kinds: Collection[Kind], **profile: Any
    ) -> None:
        self.folder = folder
        self.schema = schema
        self._seeds = [kind for kind in kinds if kind.command == "seed"]
        target = {"type": "glue", "endpoint": url, "schema": schema, "threads": 1, **profile}
        self._write("profiles.yml", json.dumps({"shop": {"target": "t", "outputs": {"t": target}}}))
        self._write(
            "dbt_project.yml",
            "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
        )
        for kind in kinds:
            self._write(kind.file, kind.text.replace("{path!r}", repr(str(folder / "number"))))
        self.turn_to(0)

    def turn_to(self, number: int) -> None:
        """What is read as a file, and not as a variable, has the number of the next run."""
        self._write("number", str(number))
        for kind in self._seeds:
            self._write(kind.file, kind.text.replace("{number}", str(number)))

    def command(self, kind: Kind, number: int, *more: str) -> list[str]:
        """dbt's arguments for a run of one node with a number."""
        self.turn_to(number)
        variables = json.dumps({"number": number})
        return [kind.command, "--select", kind.name, "--vars", variables, *self.place, *more]

    @property
    def place(self) -> list[str]:
        return ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A reader sees the old text or the new one.
        beside = path.with_name(path.name + ".new")
        beside.write_text(text)
        beside.replace(path)
