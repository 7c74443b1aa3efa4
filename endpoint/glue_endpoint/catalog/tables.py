"""Tables and views: the operations on them, and finding the one that a request is about.

Nothing here reads or deletes data: DeleteTable of a managed table leaves its files, as Glue does, and
notes what a table bucket's has left. A table is replaced as a whole by UpdateTable, whatever it was before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glue_endpoint.account import USER_ARN, resource_arn
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.api.tags import drop_tags
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.names import fold, name_pattern
from glue_endpoint.catalog.table_buckets import (
    note_purge,
    refuse_shared,
    table_added,
    table_given,
)
from glue_endpoint.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
    ResourceNumberLimitExceededException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.databases import Database
    from glue_endpoint.store.store import Transaction

_INDEX_LIMIT = 3
"""Partition indexes of one table (AWS Glue's page "Creating partition indexes")."""
_COLUMNS = "t.name, t.version, t.created, t.updated, t.given"


@dataclass(frozen=True)
class Table:
    """Which table it is, and what a client gave when it made or updated it."""

    row: int
    database: Database
    name: str
    version: int
    created: float
    updated: float
    text: str

    @cached_property
    def given(self) -> Answer:
        """The TableInput, without the name."""
        given: Answer = decode(self.text)
        return given

    @property
    def partition_keys(self) -> list[Answer]:
        """The columns by which it is partitioned, in order."""
        keys: list[Answer] = self.given.get("PartitionKeys", [])
        return keys

    @property
    def columns(self) -> list[Answer]:
        """All columns, those by which it is partitioned last."""
        return [*self.given.get("StorageDescriptor", {}).get("Columns", []), *self.partition_keys]

    @property
    def shape(self) -> Answer:
        """The `Table` of Glue."""
        return table_shape(
            self.database, self.name, self.version, self.created, self.updated, self.text
        )


def table_shape(
    database: Database, name: str, version: int, created: float, updated: float, text: str
) -> Answer:
    """The `Table` of Glue: what a client gave, and what Glue itself adds."""
    given = decode(text)
    return {
        **given,
        **table_added(database.catalog, database.name, given),
        "Name": name,
        "DatabaseName": database.name,
        "CatalogId": database.catalog,
        "VersionId": str(version),
        "CreateTime": created,
        "UpdateTime": updated,
        "CreatedBy": USER_ARN,
        "IsRegisteredWithLakeFormation": False,
    }


def find_table(transaction: Transaction, request: Request, member: str = "TableName") -> Table:
    """The table or view that a request names in `member`.

    Raises EntityNotFoundException, also for its database.
    """
    database = find_database(transaction, request)
    row = transaction.one(
        f"SELECT t.id, {_COLUMNS} FROM tables t WHERE t.database = ? AND t.name = ?",  # noqa: S608
        *(database.row, fold(request[member])),
    )
    if row is None:
        raise no_table(request[member])
    number, *rest = row
    return Table(number, database, *rest)


def no_table(name: str) -> EntityNotFoundException:
    """What Glue says of a table that is not there."""
    return EntityNotFoundException(f"Entity Not Found: Table {name} not found.")


def get_table(transaction: Transaction, request: Request) -> Answer:
    """GetTable."""
    return {"Table": find_table(transaction, request, "Name").shape}


def get_tables(transaction: Transaction, request: Request) -> Answer:
    """GetTables, by name. `AttributesToGet` of NAME leaves the rest out."""
    database = find_database(transaction, request)
    size, start = page_size(request), page_start(request)
    if request.get("Expression"):
        pattern = name_pattern(request["Expression"])
        names = transaction.all(
            "SELECT name FROM tables WHERE database = ? AND name > ? ORDER BY name",
            *(database.row, start),
        )
        wanted = [name for (name,) in names if pattern.fullmatch(name)][: size + 1]
        chosen = f"t.name IN ({', '.join('?' * len(wanted))})"
    else:
        wanted, chosen = [start], "t.name > ?"
    rows = transaction.all(
        f"SELECT {_COLUMNS} FROM tables t WHERE t.database = ? AND {chosen} "  # noqa: S608
        "ORDER BY t.name LIMIT ?",
        *(database.row, *wanted, size + 1),
    )
    found = [table_shape(database, *row) for row in rows[:size]]
    if request.get("AttributesToGet") == ["NAME"]:
        found = [{"Name": each["Name"], "DatabaseName": database.name} for each in found]
    return {"TableList": found, "NextToken": next_token(rows, size)}


def create_table(transaction: Transaction, request: Request) -> Answer:
    """CreateTable."""
    database, (name, given) = find_database(transaction, request), _named(request)
    taken = "SELECT 1 FROM tables WHERE database = ? AND name = ?"
    if transaction.one(taken, database.row, name):
        raise AlreadyExistsException("Table already exists.")
    given = table_given(database.catalog, database.name, name, given)
    refuse_shared(transaction, database.catalog, name, given)
    transaction.run(
        "INSERT INTO tables (database, name, version, created, updated, given) "
        "VALUES (?, ?, 0, ?, ?, ?)",
        *(database.row, name, transaction.now, transaction.now, encode(given)),
    )
    for index in request.get("PartitionIndexes", []):
        add_index(transaction, find_table(transaction, {**request, "TableName": name}), index)
    return {}


def update_table(transaction: Transaction, request: Request) -> Answer:
    """UpdateTable: compares VersionId, where one is given, and replaces all, in one transaction.

    The version before is kept, unless SkipArchive is true; its number is used up all the same.
    """
    name, given = _named(request)
    table = find_table(transaction, {**request, "TableName": name})
    if request.get("VersionId") not in (None, str(table.version)):
        raise ConcurrentModificationException(
            f"Update table failed due to concurrent modifications: {name} has the version "
            f"{table.version}, not {request['VersionId']}."
        )
    given = table_given(table.database.catalog, table.database.name, name, given, table.given)
    if not request.get("SkipArchive"):
        transaction.run(
            "INSERT INTO table_versions (table_id, version, updated, given) VALUES (?, ?, ?, ?)",
            *(table.row, table.version, table.updated, table.text),
        )
    transaction.run(
        "UPDATE tables SET version = ?, updated = ?, given = ? WHERE id = ?",
        *(table.version + 1, transaction.now, encode(given), table.row),
    )
    return {}


def delete_table(transaction: Transaction, request: Request) -> Answer:
    """DeleteTable: with its versions, partitions and statistics; data stays where it is."""
    table = find_table(transaction, request, "Name")
    note_purge(transaction, table.database.catalog, table.given)
    transaction.run("DELETE FROM tables WHERE id = ?", table.row)
    arn = resource_arn(table.database.catalog, "table", table.database.name, table.name)
    drop_tags(transaction, arn)
    return {}


def batch_delete_table(transaction: Transaction, request: Request) -> Answer:
    """BatchDeleteTable: each table on its own."""
    find_database(transaction, request)
    errors = failures(
        request["TablesToDelete"],
        lambda name: delete_table(transaction, {**request, "Name": name}),
        lambda name: {"TableName": name},
    )
    return {"Errors": errors}


def add_index(transaction: Transaction, table: Table, index: Answer) -> None:
    """Adds a partition index. Nothing is faster by it here.

    Raises AlreadyExistsException, ResourceNumberLimitExceededException for a fourth index, and
    InvalidInputException for keys that are none of the table's.
    """
    name, keys = index["IndexName"], index["Keys"]
    rows = transaction.all("SELECT name FROM partition_indexes WHERE table_id = ?", table.row)
    if (name,) in rows:
        raise AlreadyExistsException(f"Index with the given indexName: {name} already exists.")
    if len(rows) >= _INDEX_LIMIT:
        raise ResourceNumberLimitExceededException(
            f"A table has at most {_INDEX_LIMIT} partition indexes."
        )
    known = {fold(key["Name"]) for key in table.partition_keys}
    unknown = [key for key in keys if fold(key) not in known]
    if unknown:
        raise InvalidInputException(
            f"The index {name} has keys that are no partition keys of {table.name}: "
            f"{', '.join(unknown)}."
        )
    transaction.run(
        "INSERT INTO partition_indexes (table_id, name, given) VALUES (?, ?, ?)",
        *(table.row, name, encode(keys)),
    )


def _named(request: Request) -> tuple[str, Answer]:
    """The name in lower case and the rest of a TableInput."""
    for member in ("OpenTableFormatInput", "UpdateOpenTableFormatInput"):
        if request.get(member):
            raise OperationNotSupportedException(
                f"The embedded Glue endpoint writes no Iceberg metadata of its own: leave out {member} "
                "and write the table by Iceberg's GlueCatalog, whose metadata_location it keeps."
            )
    if not request.get("TableInput"):
        raise InvalidInputException("A table needs a TableInput.")
    given = dict(request["TableInput"])
    if any(key.get("Parameters") for key in given.get("PartitionKeys", ())):
        # AWS's own words, of which no page of its speaks (reported of XTable and Flink).
        raise InvalidInputException("Parameters not supported for partition columns")
    name = fold(given.pop("Name"))
    if fold(request.get("Name") or name) != name:
        raise InvalidInputException("Name and TableInput.Name are two names of one table.")
    return name, given


TABLE_READS = {"GetTable": get_table, "GetTables": get_tables}
TABLE_WRITES = {
    "BatchDeleteTable": batch_delete_table,
    "CreateTable": create_table,
    "DeleteTable": delete_table,
    "UpdateTable": update_table,
}
