"""Permissions: granted, revoked and listed; nobody is held to them.

Sources: Lake Formation's API reference and its page "Lake Formation permissions reference" (which
permissions each resource has); Terraform's provider for AWS, as to how AWS lists what was granted on a
table: SELECT as a permission on all of its columns, apart from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import USER_ARN
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.entries import failures
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import GRANT, drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import (
    ALL_TABLES,
    Resource,
    canonical,
    expect_tags,
    resource_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_PERMISSIONS, _GRANTABLE = _LISTS = ("Permissions", "PermissionsWithGrantOption")
_SELECT = "SELECT"
_OF_DATABASE = ("ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP")
_OF_TABLE = ("ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", _SELECT)
_OF_CATALOG = (
    "ALL", "ALTER", "CREATE_CATALOG", "CREATE_DATABASE", "CREATE_LF_TAG", "CREATE_LF_TAG_EXPRESSION",
    "DESCRIBE", "DROP", "SUPER_USER",
)  # fmt: skip
_KNOWN = {
    "Catalog": _OF_CATALOG,
    "Database": _OF_DATABASE,
    "Table": _OF_TABLE,
    "TableWithColumns": _OF_TABLE,
    "DataLocation": ("DATA_LOCATION_ACCESS",),
    "DataCellsFilter": ("DESCRIBE", "DROP", _SELECT),
    "LFTag": ("ALTER", "ASSOCIATE", "DESCRIBE", "DROP", "GRANT_WITH_LF_TAG_EXPRESSION"),
}
_TYPES = {
    "CATALOG": "Catalog",
    "DATABASE": "Database",
    "TABLE": "Table",
    "DATA_LOCATION": "DataLocation",
    "LF_TAG": "LFTag",
    "LF_TAG_POLICY": "LFTagPolicy",
}
"""The member of a Resource that each ResourceType of ListPermissions means; two more are LFTagPolicy's."""


def grant(transaction: Transaction, request: Request) -> Answer:
    """GrantPermissions: adds to what the principal has on the resource."""
    resource = _resource(transaction, request)
    surplus = set(request.get(_GRANTABLE, [])) - set(request[_PERMISSIONS])
    if surplus:
        raise InvalidInputException(
            f"{_GRANTABLE} are among the {_PERMISSIONS}: {', '.join(sorted(surplus))} not granted."
        )
    given = resource.given
    if resource.kind in ("LFTag", "LFTagPolicy"):
        expect_tags(transaction, given["CatalogId"], given.get("Expression", [given]))
    for part, permissions in _parts(resource, request):
        key = _key(request, part)
        known = entry(transaction, GRANT, key) or {member: [] for member in _LISTS}
        for member in _LISTS:
            known[member] += [each for each in permissions[member] if each not in known[member]]
        kept = {**known, "Principal": request["Principal"], "Resource": part.shape}
        if "Condition" in request:
            kept["Condition"] = request["Condition"]
        _keep(transaction, key, kept, part)
    return {}


def revoke(transaction: Transaction, request: Request) -> Answer:
    """RevokePermissions. Raises InvalidInputException, and revokes nothing, for what was not granted."""
    resource, left = _resource(transaction, request), []
    for part, permissions in _parts(resource, request):
        key = _key(request, part)
        known = entry(transaction, GRANT, key)
        if known is None or not set(permissions[_PERMISSIONS]) <= set(known[_PERMISSIONS]):
            raise InvalidInputException("No permissions revoked. Grantee does not have them.")
        stays = [each for each in known[_PERMISSIONS] if each not in permissions[_PERMISSIONS]]
        known[_PERMISSIONS] = stays
        known[_GRANTABLE] = [
            each
            for each in known[_GRANTABLE]
            if each in stays and each not in permissions[_GRANTABLE]
        ]
        left.append((key, known, part))
    for key, known, part in left:
        if known[_PERMISSIONS]:
            _keep(transaction, key, known, part)
        else:
            drop(transaction, GRANT, key)
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
    """ListPermissions, of a principal, of a resource, or of a kind of resources: what was granted.

    Of a table also what was granted on its columns; with IncludeRelated, on its filters.
    """
    size, principal = page_size(request), request.get("Principal")
    kind, shape = request.get("ResourceType"), request.get("Resource")
    related = request.get("IncludeRelated", "").upper() == "TRUE"
    if related and principal is not None:
        raise InvalidInputException("Principal must not be specified with IncludeRelated.")
    if shape and "TableWithColumns" in shape:
        raise InvalidInputException(
            "Permissions on a table with columns are listed with those on its Table."
        )
    try:
        resource = resource_of(transaction, shape).shape if shape is not None else None
    except EntityNotFoundException as error:
        # It is none of the errors that the API lists for this operation.
        raise InvalidInputException(error.message) from None
    found = [
        (key, given)
        for key, given in entries(transaction, GRANT, page_start(request))
        if principal in (None, given["Principal"])
        and (resource is None or _is_about(resource, given["Resource"], related=related))
        and _is_of(kind, given["Resource"])
    ]
    return {
        "PrincipalResourcePermissions": [given for _, given in found[:size]],
        "NextToken": next_token(found, size),
    }


def _is_about(wanted: Answer, resource: Answer, *, related: bool) -> bool:
    if "Table" not in wanted:
        return wanted == resource
    ((kind, given),) = resource.items()
    if kind in ("Table", "TableWithColumns"):
        name = "Name"
    elif kind == "DataCellsFilter" and related:
        name = "TableName"
        given = {**given, "CatalogId": given["TableCatalogId"]}
    else:
        return False
    table = wanted["Table"]
    return (table["CatalogId"], table["DatabaseName"], table["Name"]) == (
        given["CatalogId"],
        given["DatabaseName"],
        given[name],
    )


def _is_of(kind: str | None, resource: Answer) -> bool:
    if kind is None:
        return True
    if kind in ("LF_TAG_POLICY_DATABASE", "LF_TAG_POLICY_TABLE"):
        policy = resource.get("LFTagPolicy", {})
        return bool(policy.get("ResourceType") == kind.removeprefix("LF_TAG_POLICY_"))
    return _TYPES.get(kind) in resource or (kind == "TABLE" and "TableWithColumns" in resource)


def _resource(transaction: Transaction, request: Request) -> Resource:
    for member in ("Principal", "Resource", _PERMISSIONS):
        if not request.get(member):
            raise InvalidInputException(f"{member} is missing.")
    resource = resource_of(transaction, request["Resource"])
    known = _permissions_on(resource)
    for member in _LISTS:
        unknown = [each for each in request.get(member, []) if each not in known]
        if unknown:
            raise InvalidInputException(
                f"Permissions modification is invalid: {', '.join(unknown)} on a {resource.kind}, "
                f"whose permissions are {', '.join(known)}."
            )
    return resource


def _permissions_on(resource: Resource) -> tuple[str, ...]:
    if resource.kind == "LFTagPolicy":
        return _OF_DATABASE if resource.given["ResourceType"] == "DATABASE" else _OF_TABLE
    if resource.kind == "TableWithColumns" and resource.given.get("ColumnWildcard") != {}:
        return (_SELECT,)
    return _KNOWN[resource.kind]


def _parts(resource: Resource, request: Request) -> Iterator[tuple[Resource, Answer]]:
    """What AWS keeps apart: SELECT on a table is one on all of its columns, and the rest one on the table."""
    lists = {member: request.get(member, []) for member in _LISTS}
    if resource.kind not in ("Table", "TableWithColumns"):
        yield resource, lists
        return
    of_columns = {m: [each for each in given if each == _SELECT] for m, given in lists.items()}
    of_table = {m: [each for each in given if each != _SELECT] for m, given in lists.items()}
    where = {name: resource.given[name] for name in ("CatalogId", "DatabaseName", "Name")}
    rows = (resource.database, resource.table)
    if of_table[_PERMISSIONS]:
        every: Answer = {"TableWildcard": {}} if where["Name"] == ALL_TABLES else {}
        yield Resource("Table", {**where, **every}, *rows), of_table
    if of_columns[_PERMISSIONS]:
        given = resource.given if resource.kind != "Table" else {**where, "ColumnWildcard": {}}
        yield Resource("TableWithColumns", given, *rows), of_columns


def _key(request: Request, resource: Resource) -> str:
    return canonical([request["Principal"], resource.key])


def _keep(transaction: Transaction, key: str, given: Answer, resource: Resource) -> None:
    stamped = {**given, "LastUpdated": transaction.now, "LastUpdatedBy": USER_ARN}
    rows = {"database": resource.database, "table": resource.table}
    keep(transaction, GRANT, key, stamped, **rows)


GRANT_READS = {"ListPermissions": list_permissions}
GRANT_WRITES = {
    "BatchGrantPermissions": batch(grant),
    "BatchRevokePermissions": batch(revoke),
    "GrantPermissions": grant,
    "RevokePermissions": revoke,
}
