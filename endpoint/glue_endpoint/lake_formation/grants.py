"""Permissions: granted, revoked and listed; nobody is held to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import USER_ARN
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.entries import failures
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import canonical, resource_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.lake_formation.resources import Resource
    from glue_endpoint.store.store import Transaction

_GRANT = "grant"
_LISTS = ("Permissions", "PermissionsWithGrantOption")
_TYPES = {
    "CATALOG": "Catalog",
    "DATABASE": "Database",
    "TABLE": "Table",
    "DATA_LOCATION": "DataLocation",
    "LF_TAG": "LFTag",
    "LF_TAG_POLICY": "LFTagPolicy",
    "LF_NAMED_TAG_EXPRESSION": "LFTagExpression",
}
"""The member of a Resource that each ResourceType of ListPermissions means; two more are LFTagPolicy's."""


def grant(transaction: Transaction, request: Request) -> Answer:
    """GrantPermissions: adds to what the principal has on the resource."""
    key, resource = _key(transaction, request)
    known = entry(transaction, _GRANT, key) or {member: [] for member in _LISTS}
    for member in _LISTS:
        known[member] += [each for each in request.get(member, []) if each not in known[member]]
    given = {
        **known,
        "Principal": request["Principal"],
        "Resource": resource.shape,
        "LastUpdated": transaction.now,
        "LastUpdatedBy": USER_ARN,
    }
    if "Condition" in request:
        given["Condition"] = request["Condition"]
    keep(transaction, _GRANT, key, given, resource)
    return {}


def revoke(transaction: Transaction, request: Request) -> Answer:
    """RevokePermissions. Raises InvalidInputException for what was not granted."""
    key, resource = _key(transaction, request)
    known = entry(transaction, _GRANT, key)
    wanted = request.get("Permissions", [])
    if known is None or not set(wanted) <= set(known["Permissions"]):
        raise InvalidInputException("No permissions revoked. Grantee does not have them.")
    for member in _LISTS:
        known[member] = [each for each in known[member] if each not in request.get(member, [])]
    known["PermissionsWithGrantOption"] = [
        each for each in known["PermissionsWithGrantOption"] if each in known["Permissions"]
    ]
    if known["Permissions"]:
        keep(transaction, _GRANT, key, {**known, "LastUpdated": transaction.now}, resource)
    else:
        drop(transaction, _GRANT, key)
    return {}


def batch(
    work: Callable[[Transaction, Request], Answer],
) -> Callable[[Transaction, Request], Answer]:
    """BatchGrantPermissions and BatchRevokePermissions: each entry on its own."""

    def each(transaction: Transaction, request: Request) -> Answer:
        errors = failures(
            request["Entries"],
            lambda given: work(transaction, given),
            lambda given: {"RequestEntry": given},
            "Error",
        )
        return {"Failures": errors}

    return each


def list_permissions(transaction: Transaction, request: Request) -> Answer:
    """ListPermissions, of a principal, of a resource, or of a kind of resources."""
    size, principal = page_size(request), request.get("Principal")
    kind, resource = request.get("ResourceType"), None
    if "Resource" in request:
        try:
            resource = resource_of(transaction, request["Resource"]).shape
        except EntityNotFoundException as error:
            # It is none of the errors that the API lists for this operation.
            raise InvalidInputException(error.message) from None
    found = [
        (key, given)
        for key, given in entries(transaction, _GRANT, page_start(request))
        if principal in (None, given["Principal"])
        and resource in (None, given["Resource"])
        and _is_of(kind, given["Resource"])
    ]
    return {
        "PrincipalResourcePermissions": [given for _, given in found[:size]],
        "NextToken": next_token(found, size),
    }


def _is_of(kind: str | None, resource: Answer) -> bool:
    if kind is None:
        return True
    member = _TYPES.get(kind, "LFTagPolicy")
    if kind in ("LF_TAG_POLICY_DATABASE", "LF_TAG_POLICY_TABLE"):
        policy = resource.get("LFTagPolicy", {})
        return bool(policy.get("ResourceType") == kind.removeprefix("LF_TAG_POLICY_"))
    return member in resource or (kind == "TABLE" and "TableWithColumns" in resource)


def _key(transaction: Transaction, request: Request) -> tuple[str, Resource]:
    for member in ("Principal", "Resource"):
        if member not in request:
            raise InvalidInputException(f"{member} is missing.")
    resource = resource_of(transaction, request["Resource"])
    return canonical([request["Principal"], resource.key]), resource


GRANT_READS = {"ListPermissions": list_permissions}
GRANT_WRITES = {
    "BatchGrantPermissions": batch(grant),
    "BatchRevokePermissions": batch(revoke),
    "GrantPermissions": grant,
    "RevokePermissions": revoke,
}
