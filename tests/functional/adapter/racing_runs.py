"""Runs of dbt, as far as they switch tables; and calls that are held, or followed by something, at the wire. No Spark is needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.replacement import OWNER, Replacement
from dbt.adapters.glue.sessions.runs import Run
from dbt.adapters.glue.staged_tables import MAKER, Makers, new_token, staged_name
from dbt.adapters.glue.versions import new_version

if TYPE_CHECKING:
    Name = tuple[str, str]

DATABASE = "switch_races"
TARGET = (DATABASE, "orders")
ROOT = f"s3://dbt-glue-local/{DATABASE}/orders"


class OneRun:
    """A run of dbt, as far as it switches tables: what it has made, and what it had removed."""

    def __init__(self, client: Any) -> None:
        self.catalog = DataCatalog(lambda: client)
        self.run = Run()
        self.makers = Makers(self.run, list, 24 * 3600)
        self.removed: list[str] = []
        self.replaced: list[str] = []
        """Of what this run had removed, what readers of the target may be at still."""
        self.replacement = Replacement(
            self.catalog, self._remove, is_at_work=self.makers.is_at_work
        )
        self.failed: list[BaseException] = []

    def _remove(self, request: dict[str, Any]) -> None:
        folders = [f"{request['root']}/{folder}" for folder in request["folders"]]
        self.removed += folders
        if "replaced" in request:
            self.replaced += folders

    def location(self) -> str:
        return f"{ROOT}/{new_version('0123abcd', self.run.word)}"

    def stage(self, *partitions: str, **more: Any) -> tuple[Name, str]:
        """A staged table of this run: its name and location. Of partitions, their values; `keys` also where it has none."""
        name, location = staged_name(TARGET, "__dbt_new", token=new_token()), self.location()
        owned = {OWNER: ".".join(TARGET), MAKER: self.run.word}
        self.make(name, location, *partitions, **{"Parameters": owned, **more})
        return name, location

    def make(
        self, name: Name, location: str, *partitions: str, keys: bool = False, **more: Any
    ) -> None:
        by = [{"Name": "p", "Type": "string"}] if partitions or keys else []
        self.catalog.create_table(
            name[0],
            {
                "Name": name[1],
                "StorageDescriptor": storage(location),
                "PartitionKeys": by,
                **more,
            },
        )
        parts = [
            {"Values": [p], "StorageDescriptor": storage(f"{location}/p={p}")} for p in partitions
        ]
        self.catalog.create_partitions(*name, parts)

    def switch(self, staged: tuple[Name, str], **more: Any) -> None:
        self.replacement.switch(TARGET, *staged, **more)

    def begin(self, work: Any) -> threading.Thread:
        """Does something in a thread; what it raises is kept in `failed`."""

        def doing() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the test looks at it
                self.failed.append(error)

        thread = threading.Thread(target=doing, daemon=True)
        thread.start()
        return thread


def storage(location: str) -> dict[str, Any]:
    return {"Location": location, "Columns": [{"Name": "n", "Type": "int"}]}


class Held:
    """The next call of an operation at the wire, which goes on when it is let go."""

    def __init__(self, wire: Any, operation: str) -> None:
        self._arrived, self._go = threading.Event(), threading.Event()
        wire.faults.append((operation, self._hold))

    def _hold(self, _handler: Any, _forward: Any) -> bool:
        self._arrived.set()
        assert self._go.wait(60)
        return False

    def arrived(self) -> None:
        assert self._arrived.wait(60)

    def let_go(self) -> None:
        self._go.set()


def place(run: OneRun) -> str:
    table = run.catalog.table(*TARGET)
    assert table is not None
    return str(table["StorageDescriptor"]["Location"])


def forget_table(catalog: DataCatalog, database: str, name: str) -> None:
    """Deletes a table if it is there, its partitions first: on AWS the next one of that name may have them else."""
    if catalog.table(database, name) is not None:
        catalog.delete_partitions(database, name, list(catalog.partitions(database, name)))
        catalog.delete_table(database, name)


def places(run: OneRun) -> dict[str, str]:
    """The locations of the target's partitions."""
    found = run.catalog.partitions(*TARGET)
    return {values[0]: str(p["StorageDescriptor"]["Location"]) for values, p in found.items()}
