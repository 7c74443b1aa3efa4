"""Holds calls of the Data Catalog to Lake Formation's permissions, where the endpoint is asked to (`--as-aws lake-formation`).

Sources: Lake Formation's pages "Lake Formation permissions reference", "Implicit Lake Formation permissions" and "Changing the
default settings for your data lake". Who makes a database or table has all permissions on it, and none on tables that others
make in the database. IAM_ALLOWED_PRINCIPALS is everybody. That a table is not there is told to who may see the database alone.
Not held to: data in S3, who may grant, who may make a database, and NOT_HELD.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT, USER_ARN
from glue_endpoint.catalog.databases import get_database
from glue_endpoint.catalog.names import catalog_of, fold
from glue_endpoint.errors import AccessDeniedException, EntityNotFoundException
from glue_endpoint.lake_formation.entries import GOVERNED, GRANT, entries, keep
from glue_endpoint.lake_formation.grants import grant
from glue_endpoint.lake_formation.resources import ALL_TABLES, resource_of
from glue_endpoint.lake_formation.settings import get_settings
from glue_endpoint.lake_formation.tagged import has_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_endpoint.api.operations import Answer, Operation, Request
    from glue_endpoint.store.store import Store, Transaction

EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
_ANY: tuple[str, ...] = ()
_ON_DATABASE: dict[str, tuple[str, ...]] = {
    "GetDatabase": _ANY, "UpdateDatabase": ("ALTER",), "DeleteDatabase": ("DROP",), "CreateTable": ("CREATE_TABLE",),
}  # fmt: skip
_PARTITIONS = ("ALTER", "INSERT")
_ON_TABLE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "BatchGetPartition", "GetColumnStatisticsForTable", "GetPartition", "GetPartitionIndexes", "GetPartitions",
            "GetTable", "GetTableVersion", "GetTableVersions", "GetColumnStatisticsForPartition",
            "GetUnfilteredPartitionMetadata", "GetUnfilteredPartitionsMetadata", "GetUnfilteredTableMetadata",
        ),
        _ANY,
    ),
    **dict.fromkeys(
        (
            "BatchCreatePartition", "BatchDeletePartition", "BatchUpdatePartition", "CreatePartition", "DeletePartition",
            "UpdatePartition",
        ),
        _PARTITIONS,
    ),
    # What AWS asks for changes of statistics, indexes and versions is not documented; they are of the table's description.
    **dict.fromkeys(
        (
            "BatchDeleteTableVersion", "CreatePartitionIndex", "DeleteColumnStatisticsForPartition",
            "DeleteColumnStatisticsForTable", "DeletePartitionIndex", "DeleteTableVersion",
            "UpdateColumnStatisticsForPartition", "UpdateColumnStatisticsForTable", "UpdateTable",
        ),
        ("ALTER",),
    ),
    "DeleteTable": ("DROP",),
    "BatchDeleteTable": ("DROP",),
}  # fmt: skip
"""The permissions of which one is needed; any at all lets somebody see what they are on."""
_LISTS = {"GetDatabases": "DatabaseList", "GetTables": "TableList", "SearchTables": "TableList"}
HELD = frozenset({*_ON_DATABASE, *_ON_TABLE, *_LISTS})
NOT_HELD = frozenset({
    "BatchDeleteConnection", "CreateCatalog", "CreateConnection", "CreateDatabase", "CreateUserDefinedFunction", "DeleteCatalog",
    "DeleteConnection", "DeleteUserDefinedFunction", "GetCatalog", "GetCatalogs", "GetConnection", "GetConnections",
    "GetUserDefinedFunction", "GetUserDefinedFunctions", "UpdateConnection", "UpdateUserDefinedFunction",
})  # fmt: skip
"""Operations of the catalog that anybody may call: a test has every other one in a table above."""


class Enforcement:
    """Runs operations of Glue for whom Lake Formation lets. What was made without it is everybody's, as IAM has it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._roles: list[str] = []
        self._lock = threading.Lock()
        store.write(_admit_all_to_what_is_not_governed)

    def run(self, access_key_id: str, name: str, request: Request, operation: Operation) -> Answer:
        """What the operation answers. Raises AccessDeniedException, and whatever the operation raises."""
        if name == "CreateSession":
            with self._lock:
                self._roles = [request["Role"], *(r for r in self._roles if r != request["Role"])]
        who = self._principals(access_key_id)
        self._store.read(lambda transaction: _check(transaction, who, name, request))
        if name == "CreateDatabase":
            request = self._store.read(lambda transaction: _with_defaults(transaction, request))
        answer = operation(request)
        if name in ("CreateDatabase", "CreateTable"):
            self._store.write(lambda transaction: _admit(transaction, who[:1], name, request))
        if name in _LISTS:
            shown = self._store.read(
                lambda transaction: _visible(transaction, who, name, answer.get(_LISTS[name], []))
            )
            return {**answer, _LISTS[name]: shown}
        return answer

    def _principals(self, access_key_id: str) -> list[str]:
        """Who somebody is to Lake Formation: a user, or the roles that sessions were made with."""
        if not access_key_id.startswith("ASIA"):
            return [USER_ARN]
        with self._lock:
            return [*self._roles] or ["arn:aws:iam::000000000000:role/dbt-glue-local"]


def _check(transaction: Transaction, who: list[str], name: str, request: Request) -> None:
    database = request.get("DatabaseName") or request.get("Name")
    if name in _ON_DATABASE and database:
        has = _permissions(transaction, who, request, database)
        if not has and name == "GetDatabase":
            has = _permissions(transaction, who, request, database, any_table=True)
        _expect(_ON_DATABASE[name], has, database, transaction, request)
    elif name in _ON_TABLE and database:
        tables = request.get("TablesToDelete") or [
            request.get("TableName") or request.get("Name") or request["TableInput"]["Name"]
        ]
        for table in tables:
            if _exists(transaction, request, database, table):
                has = _permissions(transaction, who, request, database, table)
                _expect(_ON_TABLE[name], has, table)
            elif not _permissions(transaction, who, request, database):
                raise _denied("Describe", table)


def _expect(
    needed: tuple[str, ...],
    has: set[str],
    name: str,
    transaction: Transaction | None = None,
    request: Request | None = None,
) -> None:
    if "ALL" in has or (has and not needed) or has.intersection(needed):
        return
    if transaction is not None and not _exists(transaction, request or {}, name):
        return  # the operation says so
    raise _denied(needed[0].replace("_", " ").title() if needed else "Describe", name)


def _denied(permission: str, name: str) -> AccessDeniedException:
    return AccessDeniedException(
        f"Insufficient Lake Formation permission(s): Required {permission} on {fold(name)}"
    )


def _exists(
    transaction: Transaction, request: Request, database: str, table: str | None = None
) -> bool:
    of_table = "JOIN tables t ON t.database = d.id AND t.name = ?" if table is not None else ""
    row = transaction.one(
        f"SELECT 1 FROM databases d {of_table} WHERE d.catalog = ? AND d.name = ?",  # noqa: S608 - fixed texts
        *([fold(table)] if table is not None else []),
        *(catalog_of(request), fold(database)),
    )
    return row is not None


def _permissions(
    transaction: Transaction,
    who: Iterable[str],
    request: Request,
    database: str,
    table: str | None = None,
    *,
    any_table: bool = False,
) -> set[str]:
    """What somebody has on a database, on one of its tables, or on any of them."""
    names = {*who, EVERYBODY, f"{ACCOUNT}:IAMPrincipals"}
    where = (catalog_of(request), fold(database))
    found: set[str] = set()
    for _, given in entries(transaction, GRANT):
        if given["Principal"]["DataLakePrincipalIdentifier"] not in names:
            continue
        ((kind, resource),) = given["Resource"].items()
        if kind == "LFTagPolicy":
            about = has_tags(transaction, resource, *where, None if any_table else table)
        elif kind == "Database":
            about = table is None and not any_table
            about = about and (resource["CatalogId"], resource["Name"]) == where
        elif kind in ("Table", "TableWithColumns"):
            about = (resource["CatalogId"], resource["DatabaseName"]) == where
            wanted = (
                resource["Name"] in (ALL_TABLES, fold(table)) if table is not None else any_table
            )
            about = about and wanted
        else:
            about = False
        if about:
            found.update(given["Permissions"])
    return found


def _visible(
    transaction: Transaction, who: list[str], name: str, listed: list[Answer]
) -> list[Answer]:
    def sees(each: Answer) -> bool:
        if name == "GetDatabases":
            return bool(
                _permissions(transaction, who, each, each["Name"])
                or _permissions(transaction, who, each, each["Name"], any_table=True)
            )
        where = each.get("DatabaseName")
        return where is None or bool(_permissions(transaction, who, each, where, each["Name"]))

    return [each for each in listed if sees(each)]


def _with_defaults(transaction: Transaction, request: Request) -> Request:
    """A new database has the settings' default for its tables, unless it is given one."""
    settings = get_settings(transaction, {})["DataLakeSettings"]
    defaults = {"CreateTableDefaultPermissions": settings["CreateTableDefaultPermissions"]}
    return {**request, "DatabaseInput": {**defaults, **request["DatabaseInput"]}}


def _admit(transaction: Transaction, who: list[str], name: str, request: Request) -> None:
    """Gives who made something all permissions on it, and everybody where the defaults say so."""
    catalog = catalog_of(request)
    if name == "CreateDatabase":
        settings = get_settings(transaction, request)["DataLakeSettings"]
        everybody = bool(settings["CreateDatabaseDefaultPermissions"])
        shape = {"Database": {"CatalogId": catalog, "Name": request["DatabaseInput"]["Name"]}}
    else:
        where = {"CatalogId": catalog, "DatabaseName": request["DatabaseName"]}
        everybody = bool(_default_of(transaction, catalog, request["DatabaseName"]))
        shape = {"Table": {**where, "Name": request["TableInput"]["Name"]}}
    with contextlib.suppress(EntityNotFoundException):  # dropped meanwhile
        for principal in [*who, *([EVERYBODY] if everybody else [])]:
            _grant_all(transaction, principal, shape)
        _govern(transaction, shape)


def _default_of(transaction: Transaction, catalog: str, database: str) -> Any:
    found = get_database(transaction, {"CatalogId": catalog, "Name": database})["Database"]
    return found["CreateTableDefaultPermissions"]


def _grant_all(transaction: Transaction, principal: str, shape: dict[str, Any]) -> None:
    given = {"Principal": {"DataLakePrincipalIdentifier": principal}, "Resource": shape}
    every = {"Permissions": ["ALL"], "PermissionsWithGrantOption": ["ALL"]}
    if principal == EVERYBODY:
        every["PermissionsWithGrantOption"] = []
    grant(transaction, {**given, **every})


def _admit_all_to_what_is_not_governed(transaction: Transaction) -> None:
    """What was made while permissions were not enforced is everybody's, at each start."""
    governed = {key for key, _ in entries(transaction, GOVERNED)}
    shapes = [
        {"Database": {"CatalogId": catalog, "Name": database}}
        for row, catalog, database in transaction.all("SELECT id, catalog, name FROM databases")
        if _governed_key("Database", row) not in governed
    ]
    tables = (
        "SELECT t.id, d.catalog, d.name, t.name FROM tables t JOIN databases d ON d.id = t.database"
    )
    shapes += [
        {"Table": {"CatalogId": catalog, "DatabaseName": database, "Name": table}}
        for row, catalog, database, table in transaction.all(tables)
        if _governed_key("Table", row) not in governed
    ]
    for shape in shapes:
        _grant_all(transaction, EVERYBODY, shape)
        _govern(transaction, shape)


def _govern(transaction: Transaction, shape: dict[str, Any]) -> None:
    """Notes that permissions alone decide from now on, for as long as the database or table is there."""
    resource = resource_of(transaction, shape)
    row = resource.table if resource.kind == "Table" else resource.database
    rows = {"database": resource.database, "table": resource.table}
    keep(transaction, GOVERNED, _governed_key(resource.kind, row), True, **rows)


def _governed_key(kind: str, row: int | None) -> str:
    return f"{kind} {row}"
