"""User-defined functions of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.names import catalog_of, fold, name_pattern
from glue_endpoint.catalog.table_buckets import refuse_function
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Row, Transaction

_SELECT = """
    SELECT f.name || char(0) || d.name, d.name, f.name, f.created, f.given, f.database
    FROM functions f JOIN databases d ON d.id = f.database WHERE d.catalog = ?
"""
"""Functions with a key by which they are listed: two databases may have the same name of one."""


def create_function(transaction: Transaction, request: Request) -> Answer:
    """CreateUserDefinedFunction."""
    database, (name, given) = find_database(transaction, request), _named(request)
    refuse_function(database.catalog)
    taken = "SELECT 1 FROM functions WHERE database = ? AND name = ?"
    if transaction.one(taken, database.row, name):
        raise AlreadyExistsException(f"Function {name} already exists.")
    transaction.run(
        "INSERT INTO functions (database, name, created, given) VALUES (?, ?, ?, ?)",
        *(database.row, name, transaction.now, given),
    )
    return {}


def get_function(transaction: Transaction, request: Request) -> Answer:
    """GetUserDefinedFunction."""
    return {"UserDefinedFunction": _shape(catalog_of(request), _find(transaction, request))}


def get_functions(transaction: Transaction, request: Request) -> Answer:
    """GetUserDefinedFunctions: those of a database, or of all, whose names match the pattern."""
    pattern, size = name_pattern(request["Pattern"]), page_size(request)
    sql = f"{_SELECT} AND f.name || char(0) || d.name > ?"
    parameters: list[object] = [catalog_of(request), page_start(request)]
    if "DatabaseName" in request:
        sql += " AND d.id = ?"
        parameters.append(find_database(transaction, request).row)
    rows = [
        row
        for row in transaction.all(f"{sql} ORDER BY 1", *parameters)
        if pattern.fullmatch(row[2])
    ]
    found = [_shape(catalog_of(request), row) for row in rows]
    kind = request.get("FunctionType")
    if kind:
        keep = [shape.get("FunctionType") == kind for shape in found]
        rows = [row for row, kept in zip(rows, keep, strict=True) if kept]
        found = [shape for shape, kept in zip(found, keep, strict=True) if kept]
    return {"UserDefinedFunctions": found[:size], "NextToken": next_token(rows, size)}


def update_function(transaction: Transaction, request: Request) -> Answer:
    """UpdateUserDefinedFunction: replaces all but the name."""
    row, (name, given) = _find(transaction, request), _named(request)
    if name != row[2]:
        raise InvalidInputException("A function cannot be renamed.")
    transaction.run(
        "UPDATE functions SET given = ? WHERE database = ? AND name = ?", given, row[5], name
    )
    return {}


def delete_function(transaction: Transaction, request: Request) -> Answer:
    """DeleteUserDefinedFunction."""
    row = _find(transaction, request)
    transaction.run("DELETE FROM functions WHERE database = ? AND name = ?", row[5], row[2])
    return {}


def _find(transaction: Transaction, request: Request) -> Row:
    database = find_database(transaction, request)
    row = transaction.one(
        f"{_SELECT} AND d.id = ? AND f.name = ?",
        *(database.catalog, database.row, fold(request["FunctionName"])),
    )
    if row is None:
        raise EntityNotFoundException(f"Function {request['FunctionName']} not found.")
    return row


def _named(request: Request) -> tuple[str, str]:
    given = dict(request["FunctionInput"])
    name = given.pop("FunctionName", None) or request.get("FunctionName")
    if not name:
        raise InvalidInputException("A function needs a FunctionName.")
    return fold(name), encode(given)


def _shape(catalog: str, row: Row) -> Answer:
    _, database, name, created, given, _ = row
    added = {"FunctionName": name, "DatabaseName": database, "CreateTime": created}
    return {**decode(given), **added, "CatalogId": catalog}


FUNCTION_READS = {"GetUserDefinedFunction": get_function, "GetUserDefinedFunctions": get_functions}
FUNCTION_WRITES = {
    "CreateUserDefinedFunction": create_function,
    "DeleteUserDefinedFunction": delete_function,
    "UpdateUserDefinedFunction": update_function,
}
