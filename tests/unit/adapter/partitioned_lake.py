"""A table with partitions, what is staged for it, and the files of both, in memory: for tests of who runs beside whom."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.append_plans import Move, appended_name
from dbt.adapters.glue.appends import Appends
from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.replacement import Attempt, Replacement
from dbt.adapters.glue.staged_tables import MAKER, OWNER, STAGING
from dbt.adapters.glue.versions import new_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["DATABASE", "TARGET", "Killed", "Lake"]

DATABASE, TARGET = "d", ("d", "t")
ROOT = "s3://b/d/t"
OWNER_HASH = "0123abcd"


class Killed(BaseException):
    """The process ends here."""


class Lake:
    """The Data Catalog (its calls have the names of NestedCatalog's) and files, each by its folder.

    `before` is called with the name of each change right before it, `reads` with that of each look, `when_asked_for` where a run asks whether another one
    is at work.
    """

    def __init__(self, partitions: Iterable[str] = ("a",)) -> None:
        self.tables: dict[str, Any] = {}
        self.parts: dict[str, dict[tuple[str, ...], Any]] = {}
        self.files: dict[str, list[str]] = {}
        self.removed: list[str] = []
        self.kept: list[str] = []
        self.dead: set[str] = set()
        self.before: Callable[[str], None] = lambda _call: None
        self.reads: Callable[[str], None] = lambda _call: None
        self.when_asked_for: Callable[[], None] = lambda: None
        self._number = 0
        self._moved: set[tuple[str, str]] = set()
        self.stage("t", "r00000000", {value: [f"old {value}"] for value in partitions})

    # What runs make

    def stage(
        self, name: str, run: str, rows: dict[str, list[str]], version: str = "", **parameters: str
    ) -> str:
        """A table of partitions with files; the folder of its version."""
        folder = f"{ROOT}/{version or new_version(OWNER_HASH, run)}"
        self.tables[name] = {
            "Name": name,
            "VersionId": "0",
            "StorageDescriptor": {"Location": folder},
            "PartitionKeys": [{"Name": "p", "Type": "string"}],
            "Parameters": parameters,
        }
        self.parts[name] = {}
        for value, files in rows.items():
            place = f"{folder}/p={value}"
            self.parts[name][value,] = {"Values": [value], "StorageDescriptor": {"Location": place}}
            self.files[place] = list(files)
        return folder

    def stage_append(self, run: str, rows: dict[str, list[str]]) -> tuple[str, str]:
        version = new_version(OWNER_HASH, run)
        name = appended_name(TARGET, None, version)
        self.stage(name[1], run, rows, version, **{OWNER: "d.t"})
        return name

    def build(self, run: str, rows: dict[str, list[str]]) -> Callable[[], bool]:
        """What a merge of `rows` into their partitions makes of what is there now; returns its switch, which tells whether it was made."""
        attempt = Attempt(TARGET, self.replacement(run).free(TARGET))
        there, made = self.partitions(*TARGET), {}
        for value, new in rows.items():
            self.reads("files")
            made[value] = [*self.files.get(data_location(there.get((value,))), ()), *new]
        self._number += 1
        name = f"t{STAGING}_{self._number:08x}"
        folder = self.stage(name, run, made, **{OWNER: "d.t", MAKER: run})

        def switch() -> bool:
            touched = [(value,) for value in rows]
            self.replacement(run).switch_partitions(TARGET, (DATABASE, name), folder, touched, attempt)  # fmt: skip
            return not attempt.overtaken

        return switch

    def rebuild(self, run: str, rows: dict[str, list[str]]) -> Callable[[], bool]:
        """The same of a full refresh."""
        self._number += 1
        name = f"t{STAGING}_{self._number:08x}"
        folder = self.stage(name, run, rows, **{OWNER: "d.t", MAKER: run})

        def switch() -> bool:
            self.replacement(run).switch(TARGET, (DATABASE, name), folder)
            return True

        return switch

    def replacement(self, run: str) -> Replacement:
        return Replacement(self, self._remove, lambda staged: self._is_at_work(staged, run))  # type: ignore[arg-type]

    def appends(self, run: str) -> Appends:
        return Appends(
            self,  # type: ignore[arg-type]
            self._place,
            self._remove,
            lambda staged: self._is_at_work(staged, run),
            self.replacement(run).free,
        )

    def rows(self) -> list[str]:
        """All that a reader of the table finds."""
        found = [self.files.get(data_location(part), ()) for part in self.parts["t"].values()]
        return sorted(row for files in found for row in files)

    def staged(self) -> list[str]:
        return [name for name in self.tables if name != "t"]

    def _is_at_work(self, staged: Any, asking: str) -> bool:
        made_by = data_location(staged).rpartition("_")[2]
        if made_by != asking:
            self.when_asked_for()
        return made_by not in self.dead

    def _place(self, _target: Any, moves: list[Move], prefix: str, strict: bool) -> None:
        self.before("place")
        for move in moves:
            found = self.files.pop(move.source, [])
            if strict and not found and (prefix, move.folder) not in self._moved:
                raise DbtRuntimeError(f"the staged rows in {move.source} are gone")
            self._moved.add((prefix, move.folder))
            self.files.setdefault(move.folder, []).extend(found)

    def _remove(self, request: dict[str, Any]) -> None:
        (self.kept if "replaced" in request else self.removed).extend(request["folders"])

    # The Data Catalog

    def table(self, _database: str, name: str) -> Any:
        self.reads("table")
        return copy.deepcopy(self.tables.get(name))

    def tables_matching(self, _database: str, pattern: str) -> list[Any]:
        self.reads("tables")
        return [copy.deepcopy(t) for name, t in self.tables.items() if re.fullmatch(pattern, name)]

    tables_like = tables_matching

    def update_table(self, _database: str, table: Any, version: str | None = None) -> None:
        self.before("update_table")
        current = self.tables.get(table["Name"])
        if current is None:
            raise GlueApiError("none", "EntityNotFoundException", refused=True)
        if version is not None and version != current["VersionId"]:
            raise GlueApiError("another version", "ConcurrentModificationException", refused=True)
        number = str(int(current["VersionId"]) + 1)
        self.tables[table["Name"]] = {**current, **copy.deepcopy(table), "VersionId": number}

    def delete_table(self, _database: str, name: str) -> None:
        self.before("delete_table")
        self.tables.pop(name, None)
        self.parts.pop(name, None)

    def partitions(self, _database: str, table: str) -> Any:
        self.reads("partitions")
        return copy.deepcopy(self.parts.get(table, {}))

    def update_partitions(self, _database: str, table: str, partitions: Any) -> None:
        self.before("update_partitions")
        for partition in partitions:
            self.parts[table][tuple(partition["Values"])] = copy.deepcopy(partition)

    create_partitions = update_partitions

    def add_partitions(self, _database: str, table: str, partitions: Any) -> bool:
        self.before("add_partitions")
        fresh = [p for p in partitions if tuple(p["Values"]) not in self.parts[table]]
        for partition in fresh:
            self.parts[table][tuple(partition["Values"])] = copy.deepcopy(partition)
        return len(fresh) == len(partitions)

    def delete_partitions(self, _database: str, table: str, values: Any) -> None:
        self.before("delete_partitions")
        if table not in self.parts:
            raise GlueApiError("none", "EntityNotFoundException", refused=True)
        for each in values:
            self.parts[table].pop(tuple(each), None)
