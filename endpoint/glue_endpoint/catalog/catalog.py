"""The Data Catalog: Glue's operations on databases and tables, over whatever store keeps them.

As in Glue, names are case-insensitive and lower-cased, nothing here reads or deletes data (DeleteTable
of a managed table leaves its files, as Glue does), and a table is replaced as a whole by UpdateTable,
whatever it was before: in one transaction, which readers see entirely or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_endpoint.api.pages import paginate
from glue_endpoint.catalog.lookup import (
    error_detail,
    find_database,
    find_table,
    no_table,
    partition_key_names,
)
from glue_endpoint.catalog.partitions import PARTITION_HANDLERS
from glue_endpoint.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    InvalidInputException,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.api.operations import Answer, Operation, Request
    from glue_endpoint.catalog.store import Store, Struct, Transactions

    Handler = Callable[[Store, Request], Answer]


class Catalog:
    """The catalog operations of Glue, each in one transaction of a store."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation."""
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
            **PARTITION_HANDLERS,
        }

        def operation(handler: Handler) -> Operation:
            return lambda request: self._transactions.run(lambda store: handler(store, request))

        return {name: operation(handler) for name, handler in handlers.items()}

    # -- databases -----------------------------------------------------------------------------

    def _get_database(self, store: Store, request: Request) -> Answer:
        return {"Database": find_database(store, request["Name"])}

    def _get_databases(self, store: Store, request: Request) -> Answer:
        page, token = paginate(store.database_names(), request)
        return {
            "DatabaseList": [find_database(store, name) for name in page],
            "NextToken": token,
        }

    def _create_database(self, store: Store, request: Request) -> Answer:
        given = request["DatabaseInput"]
        if store.database(given["Name"].lower()) is not None:
            raise AlreadyExistsException("Database already exists.")
        store.create_database(given)
        return {}

    def _update_database(self, store: Store, request: Request) -> Answer:
        name = find_database(store, request["Name"])["Name"]
        given = request["DatabaseInput"]
        if given["Name"].lower() != name:
            raise InvalidInputException("A database cannot be renamed.")
        store.replace_database(name, given)
        return {}

    def _delete_database(self, store: Store, request: Request) -> Answer:
        name = find_database(store, request["Name"])["Name"]
        if name == "default":
            raise InvalidInputException("Spark needs the database default.")
        store.drop_database(name)
        return {}

    # -- tables --------------------------------------------------------------------------------

    def _get_table(self, store: Store, request: Request) -> Answer:
        return {"Table": find_table(store, request["DatabaseName"], request["Name"])}

    def _get_tables(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["Name"]
        names = store.table_names(database)
        if request.get("Expression"):
            pattern = _name_pattern(request["Expression"])
            names = [name for name in names if pattern.fullmatch(name)]
        page, token = paginate(names, request)
        return {"TableList": store.tables(database, page), "NextToken": token}

    def _create_table(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["Name"]
        given = _table_input(request)
        if store.table(database, given["Name"].lower()) is not None:
            raise AlreadyExistsException("Table already exists.")
        store.create_table(database, given)
        return {}

    def _update_table(self, store: Store, request: Request) -> Answer:
        given = _table_input(request)
        previous = find_table(store, request["DatabaseName"], given["Name"])
        if request.get("VersionId") not in (None, previous["VersionId"]):
            raise ConcurrentModificationException(
                f"The table {given['Name']} changed since version {request['VersionId']}."
            )
        if partition_key_names(given) != partition_key_names(previous):
            # Their values no longer fit the keys; data that stays on S3 can be added again.
            store.drop_all_partitions(previous["DatabaseName"], previous["Name"])
        store.replace_table(previous, given)
        return {}

    def _delete_table(self, store: Store, request: Request) -> Answer:
        table = find_table(store, request["DatabaseName"], request["Name"])
        store.drop_table(table["DatabaseName"], table["Name"])
        return {}

    def _batch_delete_table(self, store: Store, request: Request) -> Answer:
        database = find_database(store, request["DatabaseName"])["Name"]
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
