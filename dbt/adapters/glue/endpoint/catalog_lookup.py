"""Finding databases and tables by the names of a request, and Glue's errors where there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbt.adapters.glue.endpoint.catalog_metastore import Store
from dbt.adapters.glue.endpoint.errors import EntityNotFoundException, GlueError

Request = dict[str, Any]
Answer = dict[str, Any]
Struct = dict[str, Any]
Handler = Callable[[Store, Request], Answer]


def find_database(store: Store, name: str) -> Struct:
    """The metastore's database; raises EntityNotFoundException."""
    database = store.database(name.lower())
    if database is None:
        raise EntityNotFoundException(f"Database {name} not found.")
    return database


def find_table(store: Store, database: str, name: str) -> Struct:
    """The metastore's table or view; raises EntityNotFoundException, also for its database."""
    table = store.table(database.lower(), name.lower())
    if table is None:
        find_database(store, database)
        raise no_table(name)
    return table


def no_table(name: str) -> EntityNotFoundException:
    """What Glue says of a table that is not there."""
    return EntityNotFoundException(f"Entity Not Found: Table {name} not found.")


def partition_key_names(table: Struct) -> list[str]:
    """The names of a table's partition keys, in order."""
    return [column["name"] for column in table.get("partitionKeys", [])]


def error_detail(error: GlueError) -> Answer:
    """An `ErrorDetail` of a batch operation."""
    return {"ErrorCode": error.code, "ErrorMessage": error.message}
