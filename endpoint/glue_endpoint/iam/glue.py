"""The resources that an operation of Glue is about.

Sources: AWS's "Actions, resources, and condition keys for AWS Glue" and "Specifying AWS Glue resource ARNs": permission is
needed on the resource and all its ancestors, and for a delete on its descendants as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.catalog.names import catalog_of, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_SESSIONS = frozenset({
    "CancelStatement", "CreateSession", "DeleteSession", "GetSession", "GetStatement", "ListStatements",
    "RunStatement", "StopSession",
})  # fmt: skip
_OF_TAGS = frozenset({"GetTags", "TagResource", "UntagResource"})
_ANY = frozenset({"GetSecurityConfiguration", "GetSecurityConfigurations", "ListSessions"})
_ALL_OF_DATABASE = {
    "DeleteDatabase": ("table", "userDefinedFunction"),
    "GetTables": ("table",),
    "GetUserDefinedFunctions": ("userDefinedFunction",),
}
"""Operations that are about all that a database has of a kind."""


def resources_of(operation: str, request: dict[str, Any], home: str) -> list[str]:
    """The ARNs that the caller needs the action on; `home` is `arn:aws:glue:region:account`."""
    if operation in _ANY:
        return ["*"]
    if operation in _OF_TAGS:
        return [request["ResourceArn"]]
    if operation in _OF_SESSIONS:
        return [f"{home}:session/{request.get('SessionId') or request.get('Id')}"]
    return [f"{home}:{path}" for path in _paths(operation, request)]


def _paths(operation: str, request: dict[str, Any]) -> Iterator[str]:
    catalog = "" if operation.endswith("Catalog") else catalog_of(request).partition(":")[2]
    yield "catalog"
    if operation.endswith("Catalog"):
        catalog = (request.get("CatalogId") or request.get("Name") or "").rpartition(":")[2]
        catalog = "" if catalog.isdigit() else catalog
    steps = catalog.split("/") if catalog else []
    for depth in range(len(steps)):
        yield f"catalog/{'/'.join(steps[: depth + 1])}"
    if operation.endswith("Catalog"):
        return
    if "Connection" in operation:
        name = request.get("Name") or request.get("ConnectionName")
        for each in request.get("ConnectionNameList") or [
            (request.get("ConnectionInput") or {}).get("Name") or name or "*"
        ]:
            yield f"connection/{each}"
        return
    database = request.get("DatabaseName")
    of_database = operation in ("CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase")
    if of_database:
        database = request.get("Name") or (request.get("DatabaseInput") or {}).get("Name")
    if not database:
        return
    inside = "/".join([*steps, fold(database)])
    yield f"database/{inside}"
    for kind in _ALL_OF_DATABASE.get(operation, ()):
        yield f"{kind}/{inside}/*"
    if of_database or operation in _ALL_OF_DATABASE:
        return
    if "UserDefinedFunction" in operation:
        given = request.get("FunctionName") or (request.get("FunctionInput") or {}).get(
            "FunctionName"
        )
        yield f"userDefinedFunction/{inside}/{fold(given or '*')}"
        return
    for table in _tables(request):
        yield f"table/{inside}/{fold(table)}"


def _tables(request: dict[str, Any]) -> list[str]:
    several: list[str] | None = request.get("TablesToDelete")
    if several:
        return several
    name = request.get("TableName") or request.get("Name")
    name = name or (request.get("TableInput") or {}).get("Name")
    return [name] if name else []
