"""The Data Catalog: databases, tables and partitions of the metastore that Spark writes to.

As in Glue, names are case-insensitive and lower-cased, nothing here reads or deletes data (DeleteTable
of a managed table leaves its files, as Glue does), and a table is replaced as a whole by UpdateTable,
whatever it was before: in one transaction, which readers see entirely or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dbt.adapters.glue.endpoint.catalog_lookup import (
    Answer,
    Handler,
    Request,
    error_detail,
    find_database,
    find_table,
    no_table,
    partition_key_names,
)
from dbt.adapters.glue.endpoint.catalog_partitions import Partitions
from dbt.adapters.glue.endpoint.catalog_shapes import (
    Locations,
    Struct,
    glue_database,
    glue_table,
    hive_database,
    hive_table,
    version_of,
)
from dbt.adapters.glue.endpoint.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    InvalidInputException,
)
from dbt.adapters.glue.endpoint.pages import paginate

if TYPE_CHECKING:
    from pathlib import Path

    from dbt.adapters.glue.endpoint.catalog_metastore import Metastore, Store

Operation = Callable[[Request], Answer]


class Catalog:
    """The catalog operations of Glue over a metastore; `buckets` is the folder of the S3 buckets."""

    def __init__(self, metastore: Metastore, buckets: Path) -> None:
        self._metastore = metastore
        self._locations = Locations(buckets)

    def operations(self) -> dict[str, Operation]:
        """The functions by the name of their operation; each runs in one transaction."""
        handlers: dict[str, Handler] = {
            "GetDatabase": self._get_database,
            "GetDatabases": self._get_databases,
            "CreateDatabase": self._create_database,
            "UpdateDatabase": self._update_database,
            "DeleteDatabase": self._delete_database,
            "GetTable": self._get_table,
            "GetTables": self._get_tables,
            "CreateTable": self._create_table,
            "UpdateTable": self._update_table,
            "DeleteTable": self._delete_table,
            "BatchDeleteTable": self._batch_delete_table,
            **Partitions(self._locations).handlers(),
        }

        def operation(handler: Handler) -> Operation:
            return lambda request: self._metastore.run(lambda store: handler(store, request))

        return {name: operation(handler) for name, handler in handlers.items()}

    # -- databases -----------------------------------------------------------------------------

    def _get_database(self, store: Store, request: Request) -> Answer:
        return {"Database": glue_database(find_database(store, request["Name"]), self._locations)}

    def _get_databases(self, store: Store, request: Request) -> Answer:
        page, token = paginate(store.database_names(), request)
        databases = [find_database(store, name) for name in page]
        return {
            "DatabaseList": [glue_database(database, self._locations) for database in databases],
            "NextToken": token,
        }

    def _create_database(self, store: Store, request: Request) -> Answer:
        given = request["DatabaseInput"]
        if store.database(given["Name"].lower()) is not None:
            raise AlreadyExistsException("Database already exists.")
        store.create_database(hive_database(given, store.warehouse))
        return {}

    def _update_database(self, store: Store, request: Request) -> Answer:
        name = find_database(store, request["Name"])["name"]
        given = request["DatabaseInput"]
        if given["Name"].lower() != name:
            raise InvalidInputException("A database cannot be renamed.")
        store.alter_database(name, hive_database(given, store.warehouse))
        return {}

    def _delete_database(self, store: Store, request: Request) -> Answer:
        name = find_database(store, request["Name"])["name"]
        if name == "default":
            raise InvalidInputException("Spark needs the database default.")
        store.drop_database(name)
        return {}

    # -- tables --------------------------------------------------------------------------------

    def _get_table(self, store: Store, request: Request) -> Answer:
        table = find_table(store, request["DatabaseName"], request["Name"])
        return {"Table": glue_table(table, self._locations)}

    def _get_tables(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["name"]
        names = store.table_names(database)
        if request.get("Expression"):
            pattern = _name_pattern(request["Expression"])
            names = [name for name in names if pattern.fullmatch(name)]
        page, token = paginate(names, request)
        tables = [glue_table(table, self._locations) for table in store.tables(database, page)]
        return {"TableList": tables, "NextToken": token}

    def _create_table(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["name"]
        given = _table_input(request)
        if store.table(database, given["Name"].lower()) is not None:
            raise AlreadyExistsException("Table already exists.")
        store.create_table(hive_table(database, given))
        return {}

    def _update_table(self, store: Store, request: Request) -> Answer:
        given = _table_input(request)
        previous = find_table(store, request["DatabaseName"], given["Name"])
        if request.get("VersionId") not in (None, version_of(previous)):
            raise ConcurrentModificationException(
                f"The table {given['Name']} changed since version {request['VersionId']}."
            )
        database, name = previous["dbName"], previous["tableName"]
        table = hive_table(database, given, previous)
        if partition_key_names(table) != partition_key_names(previous):
            # Their values no longer fit the keys; data that stays on S3 can be added again.
            store.drop_all_partitions(database, name)
        store.alter_table(database, name, table)
        return {}

    def _delete_table(self, store: Store, request: Request) -> Answer:
        table = find_table(store, request["DatabaseName"], request["Name"])
        store.drop_table(table["dbName"], table["tableName"])
        return {}

    def _batch_delete_table(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["name"]
        errors = []
        for name in request["TablesToDelete"]:
            if store.table(database, name.lower()) is None:
                errors.append({"TableName": name, "ErrorDetail": error_detail(no_table(name))})
            else:
                store.drop_table(database, name.lower())
        return {"Errors": errors}


def _table_input(request: Request) -> Struct:
    given: Struct | None = request.get("TableInput")
    if given is None:
        raise InvalidInputException("The endpoint needs a TableInput.")
    return given


def _name_pattern(expression: str) -> re.Pattern[str]:
    """The regular expression of GetTables; `sales*`, as Hive's own patterns, also means a prefix."""
    try:
        return re.compile(expression, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(expression).replace(r"\*", ".*"), re.IGNORECASE)
