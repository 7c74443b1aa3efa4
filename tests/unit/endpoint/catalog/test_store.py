"""The store's file: several processes at once, other versions' files, and full or damaged ones."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.errors import (
    EndpointStartError,
    InternalServiceException,
    OperationTimeoutException,
)
from glue_endpoint.store import store as store_module
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.errors import (
    AlreadyExistsException, ConcurrentModificationException, EntityNotFoundException
)
from glue_endpoint.store.store import Store

catalog, done = Catalog(Store(Path(sys.argv[1]))), 0
try:
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "d"}})
    catalog.call("CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t", "Retention": 0}})
except AlreadyExistsException:
    pass
while done < 100:
    try:
        table = catalog.call("GetTable", {"DatabaseName": "d", "Name": "t"})["Table"]
    except EntityNotFoundException:
        continue  # another process has made the database, and is about to make the table
    given = {"Name": "t", "Retention": table["Retention"] + 1}
    try:
        request = {"DatabaseName": "d", "TableInput": given, "VersionId": table["VersionId"]}
        catalog.call("UpdateTable", request)
        done += 1
    except ConcurrentModificationException:
        continue
print("done")
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    """They begin at once, on no file, and each counts to a hundred by compare-and-set."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [writer.communicate(timeout=60)[0] for writer in writers] == ["done\n"] * 3
    table = Catalog(Store(tmp_path)).call("GetTable", {"DatabaseName": "d", "Name": "t"})["Table"]
    assert (table["Retention"], table["VersionId"]) == (300, "300")


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    store = Store(tmp_path)
    catalog = Catalog(store)
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "before"}})

    def names() -> list[str]:
        return [each["Name"] for each in catalog.call("GetDatabases", {})["DatabaseList"]]

    def rename_while_others_read(transaction: store_module.Transaction) -> list[str]:
        transaction.run("UPDATE databases SET name = 'after'")
        return names()

    assert store.write(rename_while_others_read) == ["before"]
    assert names() == ["after"]


def test_what_raises_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def half(transaction: store_module.Transaction) -> None:
        transaction.run("INSERT INTO databases VALUES (1, 'c', 'd', 0, '{}')")
        raise InternalServiceException("in the middle")

    with pytest.raises(InternalServiceException, match="in the middle"):
        store.write(half)
    assert store.read(lambda transaction: transaction.all("SELECT * FROM databases")) == []


def test_a_writer_that_does_not_end_is_a_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_PATIENCE", 0.05)
    store = Store(tmp_path)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationTimeoutException, match="has been writing"):
        store.write(lambda transaction: transaction.run("DELETE FROM databases"))
    other.execute("ROLLBACK")
    other.close()
    store.write(lambda transaction: transaction.run("DELETE FROM databases"))


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(lambda transaction: transaction.run("PRAGMA user_version = 99"))
    store.close()
    with pytest.raises(EndpointStartError, match=r"made by a later version .* Upgrade"):
        Store(tmp_path)


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / store_module.FILE_NAME).write_bytes(b"x" * 5000)
    with pytest.raises(EndpointStartError, match="Cannot open the catalog"):
        Store(tmp_path)
    assert (tmp_path / store_module.FILE_NAME).read_bytes() == b"x" * 5000
