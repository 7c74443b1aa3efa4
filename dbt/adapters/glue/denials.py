"""What to do about a call of the Data Catalog that was denied: whose word it was, and what to grant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["next_step"]

_BY_LAKE_FORMATION = "Lake Formation permission"
_ON_DATABASE = {
    "create_table": "CREATE_TABLE",
    "delete_database": "DROP",
    "get_database": "DESCRIBE",
}
_ON_TABLE = {"delete_table": "DROP", "update_table": "ALTER"}


def next_step(operation: str, parameters: Mapping[str, Any], code: str, message: str) -> str:
    """What goes on after the message, with its full stop; empty for what was not denied.

    Lake Formation denies also a table that is not there, to who may not see its database: which of both it is
    nobody can find out, so that nothing is made or replaced on a guess.
    """
    if code != "AccessDeniedException":
        return ""
    end = "" if message.endswith(".") else "."
    if _BY_LAKE_FORMATION not in message:
        return f"{end} Next: have IAM allow it to whoever runs dbt; `dbt-glue doctor --policies` prints all that a project needs"
    database = str(parameters.get("DatabaseName") or parameters.get("Name"))
    of_database = {"Database": {"Name": database}}
    if operation in _ON_DATABASE:
        return f"{end} Next: {_grant(_ON_DATABASE[operation], of_database)}"
    of_tables = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
    wanted = _grant(_ON_TABLE.get(operation, "DESCRIBE"), of_tables)
    if operation not in ("get_table", "get_tables", "get_partitions"):
        return f"{end} Next: {wanted}"
    return (
        f"{end} Lake Formation says so of a table that may not be seen, and of one that is not there where its database may "
        f"not be seen. Next: {_grant('DESCRIBE', of_database)}; and {wanted}"
    )


def _grant(permission: str, resource: dict[str, Any]) -> str:
    return (
        f"aws lakeformation grant-permissions --permissions {permission} --resource '{json.dumps(resource)}' "
        "--principal DataLakePrincipalIdentifier=<who runs dbt>"
    )
