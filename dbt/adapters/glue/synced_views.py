"""What Hudi's sync registers in the Data Catalog beside a merge-on-read table: `name_ro` and `name_rt`, of the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.relation import name_of

if TYPE_CHECKING:
    from dbt.adapters.glue.catalog import DataCatalog
    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["forget_stale_views", "forget_synced_views"]

_SUFFIXES = ("_ro", "_rt")


def forget_synced_views(catalog: DataCatalog, relation: GlueRelation) -> None:
    """Forgets what Hudi's sync registered beside a table that is about to go; does nothing for other tables."""
    if not relation.is_hudi:
        return
    database, name = name_of(relation)
    table = catalog.table(database, name)
    if table is None or (table.get("Parameters") or {}).get("type") != "mor":
        return
    for suffix in _SUFFIXES:
        beside = catalog.table(database, name + suffix)
        if beside is not None and data_location(beside) == data_location(table):
            catalog.delete_table(database, name + suffix)


def forget_stale_views(catalog: DataCatalog, staging: GlueRelation) -> None:
    """Forgets what the sync registered beside a staged table, of which a run was killed before it was in its place."""
    database, name = name_of(staging)
    for suffix in _SUFFIXES:
        if catalog.table(database, name + suffix) is not None:
            catalog.delete_table(database, name + suffix)
