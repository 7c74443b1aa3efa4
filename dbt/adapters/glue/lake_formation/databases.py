"""What the role of sessions needs in a database that is made by somebody else, where Lake Formation decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.glue.lake_formation.calls import Entry

if TYPE_CHECKING:
    from dbt.adapters.glue.lake_formation.calls import LakeFormation

__all__ = ["let_build"]

OF_DATABASE = ("ALTER", "CREATE_TABLE", "DESCRIBE", "DROP")
OF_TABLES = ("ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT")


def let_build(lake: LakeFormation, database: str, role: str) -> None:
    """Lets a role make, change and read all tables of a database. Raises GlueApiError."""
    tables = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
    lake.grant(
        [
            Entry(role, {"Database": {"Name": database}}, OF_DATABASE),
            Entry(role, tables, OF_TABLES),
        ]
    )
