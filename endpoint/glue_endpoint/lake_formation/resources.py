"""What permissions, tags and filters are about: a resource by its key, and the database or table that it is of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.names import fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException

if TYPE_CHECKING:
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Transaction

    Struct = dict[str, Any]

_FOLDED = ("DatabaseName", "Name", "TableName")
_CATALOGS = {"Database": "CatalogId", "DataCellsFilter": "TableCatalogId", "Table": "CatalogId", "TableWithColumns": "CatalogId"}  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """A resource as it is kept; `database` and `table` are rows, of what it goes with."""

    kind: str
    given: Struct
    database: int | None = None
    table: int | None = None

    @property
    def shape(self) -> Struct:
        """The `Resource` of Lake Formation."""
        return {self.kind: self.given}

    @property
    def key(self) -> str:
        """A text that is the same for the same resource, however it was written."""
        return canonical(self.shape)


def canonical(value: Any) -> str:
    """A text that equal values share: the order of a structure's members is none."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def resource_of(transaction: Transaction, shape: Struct) -> Resource:
    """The resource that a `Resource` names, with the catalog and names as they are kept.

    Raises InvalidInputException unless it names exactly one, and EntityNotFoundException for a
    database, table or column that is not there.
    """
    if len(shape) != 1:
        raise InvalidInputException("A Resource names exactly one resource.")
    ((kind, given),) = shape.items()
    if kind not in _CATALOGS:
        return Resource(kind, given)
    kept: Struct = {
        name: fold(value) if name in _FOLDED else value for name, value in given.items()
    }
    if kind == "DataCellsFilter" and "Name" in given:
        kept["Name"] = given["Name"]  # a filter's name has its case
    kept[_CATALOGS[kind]] = given.get(_CATALOGS[kind], ACCOUNT)
    where = {"CatalogId": kept[_CATALOGS[kind]]}
    database = kept.get("DatabaseName") if kind != "Database" else kept["Name"]
    if database is None:
        return Resource(kind, kept)
    where["DatabaseName"] = database
    found = find_database(transaction, where)
    name = kept.get("TableName") if kind == "DataCellsFilter" else kept.get("Name")
    if kind == "Database" or name is None:
        return Resource(kind, kept, database=found.row)
    table = find_table(transaction, {**where, "TableName": name})
    if kind == "TableWithColumns":
        _expect_columns(table, kept.get("ColumnNames", []))
    return Resource(kind, kept, table=table.row)


def _expect_columns(table: Table, names: list[str]) -> None:
    known = {fold(column["Name"]) for column in table.columns}
    for name in names:
        if fold(name) not in known:
            raise EntityNotFoundException(f"Column {name} not found.")
