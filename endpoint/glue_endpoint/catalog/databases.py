"""Databases: the operations on them, and finding the one that a request is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import resource_arn
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.api.tags import put_tags
from glue_endpoint.catalog.names import catalog_of, fold
from glue_endpoint.catalog.table_buckets import (
    database_added,
    database_given,
    refuse_change,
    require_catalog,
    table_bucket_of,
)
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_EVERYBODY: list[dict[str, Any]] = [
    {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Permissions": ["ALL"],
    }
]
"""What Glue shows as CreateTableDefaultPermissions where nobody gave any (the API reference's examples)."""


@dataclass(frozen=True)
class Database:
    """Which database it is: its row, its catalog and its name in lower case."""

    row: int
    catalog: str
    name: str


def find_database(
    transaction: Transaction, request: Request, member: str = "DatabaseName"
) -> Database:
    """The database that a request names in `member`. Raises EntityNotFoundException, also for its catalog."""
    catalog, name = catalog_of(request), fold(request[member])
    row = transaction.one("SELECT id FROM databases WHERE catalog = ? AND name = ?", catalog, name)
    if row is None:
        require_catalog(transaction, catalog)
        raise EntityNotFoundException(f"Database {request[member]} not found.")
    return Database(row[0], catalog, name)


def create_database(transaction: Transaction, request: Request) -> Answer:
    """CreateDatabase."""
    catalog, (name, given) = catalog_of(request), _named(request)
    require_catalog(transaction, catalog)
    given = database_given(catalog, name, given)
    taken = "SELECT 1 FROM databases WHERE catalog = ? AND name = ?"
    if transaction.one(taken, catalog, name):
        raise AlreadyExistsException("Database already exists.")
    transaction.run(
        "INSERT INTO databases (catalog, name, created, given) VALUES (?, ?, ?, ?)",
        *(catalog, name, transaction.now, encode(given)),
    )
    put_tags(transaction, resource_arn(catalog, "database", name), request.get("Tags", {}))
    return {}


def get_database(transaction: Transaction, request: Request) -> Answer:
    """GetDatabase."""
    database = find_database(transaction, request, "Name")
    row = transaction.one("SELECT name, created, given FROM databases WHERE id = ?", database.row)
    assert row is not None  # noqa: S101 - found in this transaction
    return {"Database": _shape(database.catalog, *row)}


def get_databases(transaction: Transaction, request: Request) -> Answer:
    """GetDatabases, by name. `AttributesToGet` of NAME leaves the rest out."""
    catalog, size = catalog_of(request), page_size(request)
    require_catalog(transaction, catalog)
    rows = transaction.all(
        "SELECT name, created, given FROM databases WHERE catalog = ? AND name > ? "
        "ORDER BY name LIMIT ?",
        *(catalog, page_start(request), size + 1),
    )
    found = [_shape(catalog, *row) for row in rows[:size]]
    if request.get("AttributesToGet") == ["NAME"]:
        found = [{"Name": each["Name"]} for each in found]
    return {"DatabaseList": found, "NextToken": next_token(rows, size)}


def update_database(transaction: Transaction, request: Request) -> Answer:
    """UpdateDatabase: replaces all but the name."""
    database = find_database(transaction, request, "Name")
    refuse_change(database.catalog, database.name)
    name, given = _named(request)
    if name != database.name:
        raise InvalidInputException("A database cannot be renamed.")
    transaction.run("UPDATE databases SET given = ? WHERE id = ?", encode(given), database.row)
    return {}


def delete_database(transaction: Transaction, request: Request) -> Answer:
    """DeleteDatabase: with all that is in it; data stays where it is. A table bucket's must be empty."""
    database = find_database(transaction, request, "Name")
    if table_bucket_of(database.catalog) is not None and transaction.one(
        "SELECT 1 FROM tables WHERE database = ?", database.row
    ):
        raise InvalidInputException(
            f"Namespace {database.name} is not empty: drop its tables first."
        )
    transaction.run("DELETE FROM databases WHERE id = ?", database.row)
    of_tables = resource_arn(database.catalog, "table", database.name, "")
    transaction.run(
        "DELETE FROM resource_tags WHERE arn = ? OR substr(arn, 1, ?) = ?",
        resource_arn(database.catalog, "database", database.name),
        *(len(of_tables), of_tables),
    )
    return {}


def _named(request: Request) -> tuple[str, Answer]:
    given = dict(request["DatabaseInput"])
    return fold(given.pop("Name")), given


def _shape(catalog: str, name: str, created: float, given: str) -> Answer:
    added = {"Name": name, "CreateTime": created, "CatalogId": catalog}
    added.update(database_added(catalog, name))
    return {"CreateTableDefaultPermissions": _EVERYBODY, **decode(given), **added}


DATABASE_READS = {"GetDatabase": get_database, "GetDatabases": get_databases}
DATABASE_WRITES = {
    "CreateDatabase": create_database,
    "DeleteDatabase": delete_database,
    "UpdateDatabase": update_database,
}
