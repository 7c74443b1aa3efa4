"""Which versions the tables of the Data Catalog are made of: what is to be removed is asked for here right before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dbt.adapters.glue.catalog import data_location, is_view
from dbt.adapters.glue.staged_tables import owner_of
from dbt.adapters.glue.versions import bare, version_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dbt.adapters.glue.catalog import DataCatalog, Table
    from dbt.adapters.glue.staged_tables import Name

__all__ = ["References", "references"]


class References(NamedTuple):
    """The names of the versions that any table of the Data Catalog is made of, and `of` each table that was asked for.

    Names alone, as no two versions share one, and one place is spelled in several ways (s3, s3a, s3n).
    """

    all: frozenset[str]
    of: Mapping[Name, frozenset[str]]


def references(
    catalog: DataCatalog, tables: Collection[Name], roots: Collection[str], temp_schema: str | None
) -> References:
    """What is referred to now by any table that has data under `roots`, with partitions. Raises GlueApiError.

    What is staged is read before what it is staged for: a version is handed from the one to the other, and whoever
    does so between the two reads is seen in the second.
    """
    databases = dict.fromkeys(
        [*(database for database, _ in tables), *([temp_schema.lower()] if temp_schema else [])]
    )
    places = [bare(root) for root in roots]
    staged: list[tuple[Name, Table]] = []
    others: list[tuple[Name, Table]] = []
    for database in databases:
        for table in catalog.tables(database):
            name = (database, str(table["Name"]).lower())
            owner = owner_of(table)
            if owner is not None and owner in tables:
                staged.append((name, table))
            elif name not in tables and _may_be_under(bare(data_location(table)), places):
                others.append((name, table))
    every: set[str] = set()
    for name, table in [*staged, *others]:
        every |= _versions(catalog, name, table)
    of: dict[Name, frozenset[str]] = {}
    for database in databases:
        wanted = {name for schema, name in tables if schema == database}
        for table in catalog.tables_named(database, wanted) if wanted else ():
            name = (database, str(table["Name"]).lower())
            of[name] = frozenset(_versions(catalog, name, table))
    return References(frozenset(every.union(*of.values())), of)


def _may_be_under(place: str, roots: Collection[str]) -> bool:
    return bool(place) and any(
        f"{place}/".startswith(f"{r}/") or r.startswith(place) for r in roots
    )


def _versions(catalog: DataCatalog, name: Name, table: Table) -> set[str]:
    if is_view(table):
        return set()
    partitions = catalog.partitions(*name) if table.get("PartitionKeys") else {}
    items = (version_of(data_location(item)) for item in [table, *partitions.values()])
    return {version[1] for version in items if version is not None}
