"""Versions of tables: the present one and those that UpdateTable has kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import page_size, page_start, token_of
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.tables import find_table, table_shape
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Row, Transaction

_ALL = """
    SELECT version, updated, given FROM table_versions WHERE table_id = ?1 AND version < ?2
    UNION ALL SELECT version, updated, given FROM tables WHERE id = ?1 AND version < ?2
    ORDER BY version DESC LIMIT ?3
"""
_NEWEST = 2**63 - 1


def get_version(transaction: Transaction, request: Request) -> Answer:
    """GetTableVersion: the present one, unless VersionId names another."""
    table = find_table(transaction, request)
    version = _number(request["VersionId"]) if "VersionId" in request else table.version
    rows = transaction.all(_ALL, table.row, min(version + 1, _NEWEST), 1)
    if not rows or rows[0][0] != version:
        raise _no_version(request["VersionId"])
    return {"TableVersion": _shape(table, rows[0])}


def get_versions(transaction: Transaction, request: Request) -> Answer:
    """GetTableVersions: the newest first."""
    table, size = find_table(transaction, request), page_size(request)
    before = _number(page_start(request) or str(_NEWEST))
    rows = transaction.all(_ALL, table.row, before, size + 1)
    token = token_of(str(rows[size - 1][0])) if len(rows) > size else None
    return {"TableVersions": [_shape(table, row) for row in rows[:size]], "NextToken": token}


def delete_version(transaction: Transaction, request: Request) -> Answer:
    """DeleteTableVersion; the present version is the table itself, and stays."""
    table, version = find_table(transaction, request), _number(request["VersionId"])
    if version == table.version:
        raise InvalidInputException("The current version of a table cannot be deleted.")
    gone = transaction.run(
        "DELETE FROM table_versions WHERE table_id = ? AND version = ?", table.row, version
    )
    if not gone:
        raise _no_version(request["VersionId"])
    return {}


def batch_delete_version(transaction: Transaction, request: Request) -> Answer:
    """BatchDeleteTableVersion: each version on its own."""
    find_table(transaction, request)
    errors = failures(
        request["VersionIds"],
        lambda version: delete_version(transaction, {**request, "VersionId": version}),
        lambda version: {"TableName": request["TableName"], "VersionId": version},
    )
    return {"Errors": errors}


def _number(version: str) -> int:
    if not version.isdecimal() or int(version) > _NEWEST:
        raise InvalidInputException(f"{version!r} is no version of a table.")
    return int(version)


def _no_version(version: str) -> EntityNotFoundException:
    return EntityNotFoundException(f"Table version {version} not found.")


def _shape(table: Table, row: Row) -> Answer:
    version, updated, given = row
    shape = table_shape(table.database, table.name, version, table.created, updated, given)
    return {"Table": shape, "VersionId": str(version)}


VERSION_READS = {"GetTableVersion": get_version, "GetTableVersions": get_versions}
VERSION_WRITES = {
    "BatchDeleteTableVersion": batch_delete_version,
    "DeleteTableVersion": delete_version,
}
