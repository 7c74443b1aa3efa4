"""Finding databases and tables by the names of a request, and Glue's errors where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.errors import EntityNotFoundException, GlueError

if TYPE_CHECKING:
    from glue_endpoint.catalog.store import Store, Struct


def find_database(store: Store, name: str) -> Struct:
    """The database; raises EntityNotFoundException."""
    database = store.database(name.lower())
    if database is None:
        raise EntityNotFoundException(f"Database {name} not found.")
    return database


def find_table(store: Store, database: str, name: str) -> Struct:
    """The table or view; raises EntityNotFoundException, also for its database."""
    table = store.table(database.lower(), name.lower())
    if table is None:
        find_database(store, database)
        raise no_table(name)
    return table


def no_table(name: str) -> EntityNotFoundException:
    """What Glue says of a table that is not there."""
    return EntityNotFoundException(f"Entity Not Found: Table {name} not found.")


def partition_key_names(table: Struct) -> list[str]:
    """The names of the partition keys of a `Table` or `TableInput`, in order and in lower case."""
    return [column["Name"].lower() for column in table.get("PartitionKeys", [])]


def error_detail(error: GlueError) -> Struct:
    """An `ErrorDetail` of a batch operation."""
    return {"ErrorCode": error.code, "ErrorMessage": error.message}
