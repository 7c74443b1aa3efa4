"""Which versions the tables of the Data Catalog are made of: what is to be removed is asked for here right before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from glue_compiler.knowledge.tables import DELTA, ICEBERG

from dbt.adapters.glue.catalog import data_location, format_of, is_view
from dbt.adapters.glue.staged_tables import owner_of
from dbt.adapters.glue.versions import VERSION, bare, version_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dbt.adapters.glue.catalog import DataCatalog, Table
    from dbt.adapters.glue.staged_tables import Name

__all__ = ["References", "references"]


_OWN = "dbt_glue."
"""How the properties begin that tell of a switch, and not of data."""
_BY_PATHS = (ICEBERG, DELTA)
"""Formats whose logs may name files by whole paths: in any folder, whatever the Data Catalog says of the table's place."""


class References(NamedTuple):
    """The names of the versions that any table of the Data Catalog is made of, and the `tables` that were asked for.

    Names alone, as no two versions share one, and one place is spelled in several ways (s3, s3a, s3n).
    """

    all: frozenset[str]
    tables: Mapping[Name, Table]

    def why_unknown(self, table: Name) -> str | None:
        """Why nobody can tell of a version without a mark whether a table is made of it; None where that is known."""
        found = self.tables.get(table) or {}
        kind = format_of(found)
        # What is in a folder of ours has not been moved out of another one.
        if kind not in _BY_PATHS or version_of(data_location(found)) is not None:
            return None
        return f"may be of its table, as the files of {kind} may lie anywhere"


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
            elif name not in tables:
                others.append((name, table))
    every: set[str] = set()
    for name, table in staged:
        every |= _versions(catalog, name, table)
    for name, table in others:
        near = _may_be_under(bare(data_location(table)), places)
        every |= _versions(catalog, name, table) if near else _named(table)
    found: dict[Name, Table] = {}
    for database in databases:
        wanted = {name for schema, name in tables if schema == database}
        for table in catalog.tables_named(database, wanted) if wanted else ():
            name = (database, str(table["Name"]).lower())
            found[name] = table
            every |= _versions(catalog, name, table)
    return References(frozenset(every), found)


def _may_be_under(place: str, roots: Collection[str]) -> bool:
    return bool(place) and any(
        f"{place}/".startswith(f"{r}/") or r.startswith(place) for r in roots
    )


def _versions(catalog: DataCatalog, name: Name, table: Table) -> set[str]:
    if is_view(table):
        return set()
    partitions = catalog.partitions(*name) if table.get("PartitionKeys") else {}
    return _named(table).union(*map(_named, partitions.values()))


def _named(item: Mapping[str, Any]) -> set[str]:
    """The versions that a table or a partition says in any way: its location, a path, the place of an Iceberg table's metadata."""
    if is_view(item):
        return set()
    storage = item.get("StorageDescriptor") or {}
    serde = (storage.get("SerdeInfo") or {}).get("Parameters") or {}
    own = (item.get("Parameters") or {}).items()
    values = [
        storage.get("Location"),
        *serde.values(),
        *(v for k, v in own if not k.startswith(_OWN)),
    ]
    return {found[0] for value in values for found in VERSION.finditer(str(value))}
