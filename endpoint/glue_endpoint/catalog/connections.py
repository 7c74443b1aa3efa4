"""Connections, which some clients look up: kept and given back; nothing here connects to anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import USER_ARN, resource_arn
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.api.tags import drop_tags, put_tags
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.names import catalog_of
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Row, Transaction

_SELECT = "SELECT name, created, updated, given FROM connections WHERE catalog = ?"
_SECRETS = ("PASSWORD", "ENCRYPTED_PASSWORD")
_CREDENTIALS = ("BasicAuthenticationCredentials", "CustomAuthenticationCredentials")


def create_connection(transaction: Transaction, request: Request) -> Answer:
    """CreateConnection: READY at once, since nothing is validated."""
    catalog, (name, given) = catalog_of(request), _named(request)
    if transaction.one(f"{_SELECT} AND name = ?", catalog, name):
        raise AlreadyExistsException("Connection already exists.")
    transaction.run(
        "INSERT INTO connections (catalog, name, created, updated, given) VALUES (?, ?, ?, ?, ?)",
        *(catalog, name, transaction.now, transaction.now, given),
    )
    put_tags(transaction, resource_arn(catalog, "connection", name), request.get("Tags", {}))
    return {"CreateConnectionStatus": "READY"}


def get_connection(transaction: Transaction, request: Request) -> Answer:
    """GetConnection."""
    return {"Connection": _shape(_find(transaction, request, request["Name"]), request)}


def get_connections(transaction: Transaction, request: Request) -> Answer:
    """GetConnections, by name."""
    size, wanted = page_size(request), request.get("Filter", {})
    rows = transaction.all(
        f"{_SELECT} AND name > ? ORDER BY name", catalog_of(request), page_start(request)
    )
    rows = [row for row in rows if _matches(decode(row[3]), wanted)][: size + 1]
    found = [_shape(row, request) for row in rows[:size]]
    return {"ConnectionList": found, "NextToken": next_token(rows, size)}


def update_connection(transaction: Transaction, request: Request) -> Answer:
    """UpdateConnection: replaces all but the name."""
    row, (name, given) = _find(transaction, request, request["Name"]), _named(request)
    if name != row[0]:
        raise InvalidInputException("A connection cannot be renamed.")
    transaction.run(
        "UPDATE connections SET updated = ?, given = ? WHERE catalog = ? AND name = ?",
        *(transaction.now, given, catalog_of(request), name),
    )
    return {}


def delete_connection(transaction: Transaction, request: Request) -> Answer:
    """DeleteConnection."""
    _drop(transaction, request, request["ConnectionName"])
    return {}


def batch_delete_connection(transaction: Transaction, request: Request) -> Answer:
    """BatchDeleteConnection: each connection on its own."""
    gone: list[str] = []

    def drop(name: str) -> None:
        _drop(transaction, request, name)
        gone.append(name)

    errors = failures(request["ConnectionNameList"], drop, lambda name: {"Name": name})
    details = {error["Name"]: error["ErrorDetail"] for error in errors}
    return {"Succeeded": gone, "Errors": details}


def _drop(transaction: Transaction, request: Request, name: str) -> None:
    _find(transaction, request, name)
    catalog = catalog_of(request)
    transaction.run("DELETE FROM connections WHERE catalog = ? AND name = ?", catalog, name)
    drop_tags(transaction, resource_arn(catalog, "connection", name))


def _find(transaction: Transaction, request: Request, name: str) -> Row:
    row = transaction.one(f"{_SELECT} AND name = ?", catalog_of(request), name)
    if row is None:
        raise EntityNotFoundException(f"Connection {name} not found.")
    return row


def _named(request: Request) -> tuple[str, str]:
    """The name and the rest of a ConnectionInput, as it is kept."""
    given = dict(request["ConnectionInput"])
    for asked in ("ValidateCredentials", "ValidateForComputeEnvironments"):
        given.pop(asked, None)  # what to do, not what it is
    if "AuthenticationConfiguration" in given:
        # Glue moves credentials to a secret of Secrets Manager and never shows them again.
        kept = dict(given["AuthenticationConfiguration"])
        for secret in _CREDENTIALS:
            kept.pop(secret, None)
        oauth = dict(kept.get("OAuth2Properties", {}))
        for secret in ("AuthorizationCodeProperties", "OAuth2Credentials"):
            oauth.pop(secret, None)
        if oauth:
            kept["OAuth2Properties"] = oauth
        given["AuthenticationConfiguration"] = kept
    return given.pop("Name"), encode(given)


def _matches(given: Answer, wanted: Answer) -> bool:
    kind, criteria = wanted.get("ConnectionType"), wanted.get("MatchCriteria", [])
    if kind is not None and given.get("ConnectionType") != kind:
        return False
    return set(criteria) <= set(given.get("MatchCriteria", []))


def _shape(row: Row, request: Request) -> Answer:
    name, created, updated, text = row
    given = decode(text)
    if request.get("HidePassword"):
        properties = given["ConnectionProperties"].items()
        given["ConnectionProperties"] = {k: v for k, v in properties if k not in _SECRETS}
    return {
        **given,
        "Name": name,
        "CreationTime": created,
        "LastUpdatedTime": updated,
        "LastUpdatedBy": USER_ARN,
        "Status": "READY",
    }


CONNECTION_READS = {"GetConnection": get_connection, "GetConnections": get_connections}
CONNECTION_WRITES = {
    "BatchDeleteConnection": batch_delete_connection,
    "CreateConnection": create_connection,
    "DeleteConnection": delete_connection,
    "UpdateConnection": update_connection,
}
