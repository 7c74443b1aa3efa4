"""What permissions, tags and filters are about: a resource by its key, and the database or table that it is of.

The name of all tables of a database is ALL_TABLES, as in Lake Formation's answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.names import catalog_of, fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import FILTER, TAG, entry
from glue_endpoint.store.store import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Transaction

    Struct = dict[str, Any]

ALL_TABLES = "ALL_TABLES"
ALL_VALUES = "*"
"""In a condition on a tag: whatever its value."""


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

    Raises InvalidInputException unless it names exactly one, of a kind that is kept, and
    EntityNotFoundException for a database, table, column or filter that is not there. Tags are not looked up.
    """
    if len(shape) != 1:
        raise InvalidInputException("A Resource names exactly one resource.")
    ((kind, given),) = shape.items()
    if kind not in _KINDS:
        raise InvalidInputException(
            f"The embedded endpoint keeps nothing about a {kind}; it knows {', '.join(_KINDS)}."
        )
    return _KINDS[kind](transaction, given)


def filter_key(data: Struct) -> str:
    """The key by which a data cells filter is kept; its name has its case."""
    catalog = catalog_of({"CatalogId": data.get("TableCatalogId")})
    return encode([catalog, fold(data["DatabaseName"]), fold(data["TableName"]), data["Name"]])


def tag_key(request: Struct) -> str:
    """The key by which a tag is kept."""
    return encode([catalog_of(request), request["TagKey"].lower()])


def tag_values(transaction: Transaction, request: Struct) -> list[str]:
    """The values of the tag that a request names. Raises EntityNotFoundException."""
    values: list[str] | None = entry(transaction, TAG, tag_key(request))
    if values is None:
        raise EntityNotFoundException(f"Tag key not found: {request['TagKey'].lower()}")
    return values


def conditions(given: list[Struct]) -> list[Struct]:
    """The conditions on tags of an expression, as they are kept and in one order."""
    kept = [
        {
            "TagKey": condition["TagKey"].lower(),
            "TagValues": sorted({value.lower() for value in condition["TagValues"]}),
        }
        for condition in given
    ]
    return sorted(kept, key=lambda condition: str(condition["TagKey"]))


def expect_tags(transaction: Transaction, catalog: str, expression: list[Struct]) -> None:
    """Raises EntityNotFoundException for a tag of an expression, or a value of one, that is not there."""
    for condition in expression:
        known = tag_values(transaction, {**condition, "CatalogId": catalog})
        for value in condition["TagValues"]:
            if value not in (*known, ALL_VALUES):
                raise EntityNotFoundException(f"Tag value not found: {value}")


def expect_columns(table: Table, names: list[str]) -> None:
    """Raises EntityNotFoundException for a column that the table has not."""
    known = {fold(column["Name"]) for column in table.columns}
    for name in names:
        if fold(name) not in known:
            raise EntityNotFoundException(f"Column {name} not found.")


def _catalog(transaction: Transaction, given: Struct) -> Resource:  # noqa: ARG001
    identifier = catalog_of({"CatalogId": given.get("Id")})
    return Resource("Catalog", {} if identifier == ACCOUNT else {"Id": identifier})


def _database(transaction: Transaction, given: Struct) -> Resource:
    database = find_database(transaction, given, "Name")
    kept = {"CatalogId": database.catalog, "Name": database.name}
    return Resource("Database", kept, database=database.row)


def _table(transaction: Transaction, given: Struct) -> Resource:
    every = "TableWildcard" in given or given.get("Name") == ALL_TABLES
    if not every and "Name" not in given:
        raise InvalidInputException("Table name and table wildcard cannot both be empty.")
    if every and given.get("Name", ALL_TABLES) != ALL_TABLES:
        raise InvalidInputException("A Table has a Name or a TableWildcard, not both.")
    if every:
        return _every_table(transaction, "Table", given, {"TableWildcard": {}})
    table = find_table(transaction, given, "Name")
    return Resource("Table", _where(table), table=table.row)


def _columns(transaction: Transaction, given: Struct) -> Resource:
    names, wildcard = given.get("ColumnNames"), given.get("ColumnWildcard")
    if not names and wildcard is None:
        raise InvalidInputException(
            "Column names list and column wildcard cannot both be empty in a TableWithColumns."
        )
    if names and wildcard is not None:
        raise InvalidInputException(
            "A TableWithColumns has ColumnNames or a ColumnWildcard, not both."
        )
    if given["Name"] == ALL_TABLES:
        if wildcard is None or wildcard.get("ExcludedColumnNames"):
            raise InvalidInputException("Columns of ALL_TABLES are a ColumnWildcard of all.")
        return _every_table(transaction, "TableWithColumns", given, {"ColumnWildcard": {}})
    table = find_table(transaction, given, "Name")
    excluded = (wildcard or {}).get("ExcludedColumnNames", [])
    expect_columns(table, [*(names or []), *excluded])
    if names:
        which: Struct = {"ColumnNames": _sorted(names)}
    else:
        left_out = {"ExcludedColumnNames": _sorted(excluded)} if excluded else {}
        which = {"ColumnWildcard": left_out}
    return Resource("TableWithColumns", {**_where(table), **which}, table=table.row)


def _location(transaction: Transaction, given: Struct) -> Resource:  # noqa: ARG001
    kept = {"CatalogId": catalog_of(given), "ResourceArn": given["ResourceArn"]}
    return Resource("DataLocation", kept)


def _filter(transaction: Transaction, given: Struct) -> Resource:
    missing = [name for name in ("DatabaseName", "TableName", "Name") if name not in given]
    if missing:
        raise InvalidInputException(f"A DataCellsFilter needs {', '.join(missing)}.")
    where = {**given, "CatalogId": given.get("TableCatalogId")}
    table = find_table(transaction, where)
    if entry(transaction, FILTER, filter_key(given)) is None:
        raise EntityNotFoundException(f"Data cells filter {given['Name']} not found.")
    kept = {
        "TableCatalogId": table.database.catalog,
        "DatabaseName": table.database.name,
        "TableName": table.name,
        "Name": given["Name"],
    }
    return Resource("DataCellsFilter", kept, table=table.row)


def _tag(transaction: Transaction, given: Struct) -> Resource:  # noqa: ARG001
    (condition,) = conditions([given])
    return Resource("LFTag", {"CatalogId": catalog_of(given), **condition})


def _policy(transaction: Transaction, given: Struct) -> Resource:  # noqa: ARG001
    if not given.get("Expression"):
        raise InvalidInputException(
            "An LFTagPolicy needs an Expression; the embedded endpoint keeps no named ones."
        )
    expression = conditions(given["Expression"])
    kept = {"ResourceType": given["ResourceType"], "Expression": expression}
    return Resource("LFTagPolicy", {"CatalogId": catalog_of(given), **kept})


def _every_table(transaction: Transaction, kind: str, given: Struct, which: Struct) -> Resource:
    database = find_database(transaction, given)
    kept = {"CatalogId": database.catalog, "DatabaseName": database.name, "Name": ALL_TABLES}
    return Resource(kind, {**kept, **which}, database=database.row)


def _where(table: Table) -> Struct:
    database = table.database
    return {"CatalogId": database.catalog, "DatabaseName": database.name, "Name": table.name}


def _sorted(names: list[str]) -> list[str]:
    return sorted({fold(name) for name in names})


_KINDS: dict[str, Callable[[Transaction, Struct], Resource]] = {
    "Catalog": _catalog,
    "Database": _database,
    "Table": _table,
    "TableWithColumns": _columns,
    "DataLocation": _location,
    "DataCellsFilter": _filter,
    "LFTag": _tag,
    "LFTagPolicy": _policy,
}
