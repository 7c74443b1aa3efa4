"""Data cells filters: kept, versioned and listed; no query is filtered by them.

Sources: Lake Formation's API reference; the examples of AWS's command line (a filter of all rows is
answered with the expression TRUE); Terraform's provider for AWS (a version is a number).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.names import catalog_of, fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.lake_formation.entries import FILTER, GRANT, drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import expect_columns, filter_key

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Transaction


def create_filter(transaction: Transaction, request: Request) -> Answer:
    """CreateDataCellsFilter."""
    data = request["TableData"]
    table = _checked(transaction, data)
    if entry(transaction, FILTER, filter_key(data)) is not None:
        raise AlreadyExistsException(f"Data cells filter {data['Name']} already exists.")
    _keep(transaction, data, table, "1")
    return {}


def get_filter(transaction: Transaction, request: Request) -> Answer:
    """GetDataCellsFilter."""
    return {"DataCellsFilter": _existing(transaction, request)}


def update_filter(transaction: Transaction, request: Request) -> Answer:
    """UpdateDataCellsFilter: replaces all; a VersionId must be the present one."""
    data = request["TableData"]
    table = _checked(transaction, data)
    present = _existing(transaction, data)["VersionId"]
    if data.get("VersionId") not in (None, present):
        raise ConcurrentModificationException(
            f"The data cells filter {data['Name']} has the version {present}, not "
            f"{data['VersionId']}."
        )
    _keep(transaction, data, table, str(int(present) + 1))
    return {}


def delete_filter(transaction: Transaction, request: Request) -> Answer:
    """DeleteDataCellsFilter: with the permissions on it."""
    missing = [m for m in ("DatabaseName", "TableName", "Name") if m not in request]
    if missing:
        raise InvalidInputException(f"{', '.join(missing)} missing.")
    given = _existing(transaction, request)
    drop(transaction, FILTER, filter_key(request))
    members = ("TableCatalogId", "DatabaseName", "TableName", "Name")
    shape = {"DataCellsFilter": {member: given[member] for member in members}}
    for key, granted in entries(transaction, GRANT):
        if granted["Resource"] == shape:
            drop(transaction, GRANT, key)
    return {}


def list_filters(transaction: Transaction, request: Request) -> Answer:
    """ListDataCellsFilter, of all tables, of a database's or of one."""
    size, table = page_size(request), request.get("Table", {})
    wanted = {
        "TableCatalogId": catalog_of(table) if table else None,
        "DatabaseName": table.get("DatabaseName"),
        "TableName": table.get("Name"),
    }
    found = [
        (key, given)
        for key, given in entries(transaction, FILTER, page_start(request))
        if all(value is None or given[member] == fold(value) for member, value in wanted.items())
    ]
    return {
        "DataCellsFilters": [given for _, given in found[:size]],
        "NextToken": next_token(found, size),
    }


def _checked(transaction: Transaction, data: Answer) -> Table:
    """The table of a filter. Raises EntityNotFoundException, and InvalidInputException for a filter of nothing."""
    table = find_table(transaction, {**data, "CatalogId": data["TableCatalogId"]})
    names, wildcard = data.get("ColumnNames"), data.get("ColumnWildcard")
    if bool(names) == (wildcard is not None):
        raise InvalidInputException(
            "A data cells filter has either a list of ColumnNames or a ColumnWildcard."
        )
    rows = data.get("RowFilter", {})
    # What was read of a filter of all rows can be sent back as it is.
    every = rows.get("FilterExpression", "TRUE").upper() == "TRUE" and "AllRowsWildcard" in rows
    if len(rows) != 1 and not every:
        raise InvalidInputException(
            "The RowFilter of a data cells filter has either a FilterExpression or AllRowsWildcard."
        )
    excluded = (wildcard or {}).get("ExcludedColumnNames", [])
    # An attribute of a nested column is written "address"."zip".
    columns = [name.partition(".")[0].strip('"') for name in [*(names or []), *excluded]]
    expect_columns(table, columns)
    return table


def _existing(transaction: Transaction, data: Answer) -> Answer:
    given: Answer | None = entry(transaction, FILTER, filter_key(data))
    if given is None:
        raise EntityNotFoundException(f"Data cells filter {data['Name']} not found.")
    return given


def _keep(transaction: Transaction, data: Answer, table: Table, version: str) -> None:
    rows = data["RowFilter"]
    if "AllRowsWildcard" in rows:
        rows = {"FilterExpression": "TRUE", **rows}
    names = {
        "TableCatalogId": table.database.catalog,
        "DatabaseName": table.database.name,
        "TableName": table.name,
        "RowFilter": rows,
        "VersionId": version,
    }
    keep(transaction, FILTER, filter_key(data), {**data, **names}, table=table.row)


FILTER_READS = {"GetDataCellsFilter": get_filter, "ListDataCellsFilter": list_filters}
FILTER_WRITES = {
    "CreateDataCellsFilter": create_filter,
    "DeleteDataCellsFilter": delete_filter,
    "UpdateDataCellsFilter": update_filter,
}
