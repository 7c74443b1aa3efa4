"""Data cells filters: kept, versioned and listed; no query is filtered by them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.names import fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import (
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.lake_formation.entries import drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import Resource
from glue_endpoint.store.store import encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_FILTER = "filter"


def create_filter(transaction: Transaction, request: Request) -> Answer:
    """CreateDataCellsFilter."""
    data = request["TableData"]
    key, table = _found(transaction, data)
    if entry(transaction, _FILTER, key) is not None:
        raise AlreadyExistsException(f"Data cells filter {data['Name']} already exists.")
    _keep(transaction, key, data, table)
    return {}


def get_filter(transaction: Transaction, request: Request) -> Answer:
    """GetDataCellsFilter."""
    return {"DataCellsFilter": _existing(transaction, request)}


def update_filter(transaction: Transaction, request: Request) -> Answer:
    """UpdateDataCellsFilter: replaces all; a VersionId must be the present one."""
    data = request["TableData"]
    key, table = _found(transaction, data)
    present = _existing(transaction, data)["VersionId"]
    if data.get("VersionId") not in (None, present):
        raise ConcurrentModificationException(
            f"The data cells filter {data['Name']} has the version {present}, not "
            f"{data['VersionId']}."
        )
    _keep(transaction, key, data, table)
    return {}


def delete_filter(transaction: Transaction, request: Request) -> Answer:
    """DeleteDataCellsFilter."""
    missing = [m for m in ("DatabaseName", "TableName", "Name") if m not in request]
    if missing:
        raise InvalidInputException(f"{', '.join(missing)} missing.")
    _existing(transaction, request)
    drop(transaction, _FILTER, _key(request))
    return {}


def list_filters(transaction: Transaction, request: Request) -> Answer:
    """ListDataCellsFilter, of all tables, of a database's or of one."""
    size, table = page_size(request), request.get("Table", {})
    wanted = {
        "TableCatalogId": table.get("CatalogId", ACCOUNT) if table else None,
        "DatabaseName": table.get("DatabaseName"),
        "TableName": table.get("Name"),
    }
    found = [
        (key, given)
        for key, given in entries(transaction, _FILTER, page_start(request))
        if all(value is None or given[member] == fold(value) for member, value in wanted.items())
    ]
    return {
        "DataCellsFilters": [given for _, given in found[:size]],
        "NextToken": next_token(found, size),
    }


def _found(transaction: Transaction, data: Answer) -> tuple[str, Resource]:
    """The key of a filter and the table that it is of. Raises EntityNotFoundException for the table."""
    where = {"CatalogId": data["TableCatalogId"], **data}
    return _key(data), Resource("Table", {}, table=find_table(transaction, where).row)


def _existing(transaction: Transaction, data: Answer) -> Answer:
    given: Answer | None = entry(transaction, _FILTER, _key(data))
    if given is None:
        raise EntityNotFoundException(f"Data cells filter {data['Name']} not found.")
    return given


def _keep(transaction: Transaction, key: str, data: Answer, table: Resource) -> None:
    names = {member: fold(data[member]) for member in ("DatabaseName", "TableName")}
    keep(transaction, _FILTER, key, {**data, **names, "VersionId": str(uuid.uuid4())}, table)


def _key(data: Answer) -> str:
    catalog = data.get("TableCatalogId", ACCOUNT)
    return encode([catalog, fold(data["DatabaseName"]), fold(data["TableName"]), data["Name"]])


FILTER_READS = {"GetDataCellsFilter": get_filter, "ListDataCellsFilter": list_filters}
FILTER_WRITES = {
    "CreateDataCellsFilter": create_filter,
    "DeleteDataCellsFilter": delete_filter,
    "UpdateDataCellsFilter": update_filter,
}
