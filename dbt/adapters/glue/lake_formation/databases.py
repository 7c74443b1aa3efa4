"""What the role of sessions and the caller need in a database that a run makes, where Lake Formation decides.

Who makes a database has all permissions on it, but none on tables that others make in it (Lake Formation's page
"Implicit Lake Formation permissions"): the caller could not even see what a session makes for it to switch to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.glue.lake_formation.calls import Entry

if TYPE_CHECKING:
    from dbt.adapters.glue.lake_formation.calls import LakeFormation

__all__ = ["let_build"]

OF_DATABASE = ("ALTER", "CREATE_TABLE", "DESCRIBE", "DROP")
OF_TABLES = ("ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT")


def let_build(lake: LakeFormation, database: str, role: str, caller: str) -> None:
    """Lets a role make, change and read all tables of a database, and the caller change and read them.

    Raises GlueApiError.
    """
    tables = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
    lake.grant(
        [
            Entry(role, {"Database": {"Name": database}}, OF_DATABASE),
            Entry(role, tables, OF_TABLES),
            Entry(caller, tables, OF_TABLES),
        ]
    )
