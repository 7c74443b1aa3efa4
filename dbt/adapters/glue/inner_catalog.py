"""The Data Catalog together with the catalog of a table bucket in it: which call is about which of the two."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from dbt.adapters.glue.catalog import CREATE_PARTITIONS, DataCatalog
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.named_tables import named_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dbt.adapters.glue.catalog import Table

__all__ = ["InnerCatalog", "NestedCatalog"]


class InnerCatalog(Protocol):
    """What the project has in a catalog within the account's."""

    @property
    def catalog_id(self) -> str | None:
        """The catalog's id, as Glue's calls take it; None where there is none."""

    def has(self, database: str, table: str) -> bool | None:
        """Whether the project has the table of this name in it; None where the project has none of this name."""


class NestedCatalog(DataCatalog):
    """A DataCatalog that finds a table where the project has it: in the account's own catalog, or in `inner`."""

    def __init__(self, client: Callable[[], Any], inner: Callable[[], InnerCatalog]) -> None:
        super().__init__(client)
        self._inner = inner

    def tables(self, database: str) -> Iterator[Table]:
        """Those of both catalogs, each where the project has it: what a model left in the other one is not its table.

        Of two with one name that the project does not have it is the account's own.
        """
        inner = self._inner()
        inside = {table["Name"].lower(): table for table in self.inner_tables(database)}
        for table in super().tables(database):
            name = table["Name"].lower()
            if inner.has(database, name):
                continue
            inside.pop(name, None)
            yield table
        for name, table in inside.items():
            if inner.has(database, name) is not False:
                yield table

    def tables_named(self, database: str, names: Collection[str]) -> list[Table]:
        """Those of both catalogs, each where the project has it; else the account's own, or what is in the inner one."""
        inner = self._inner()
        catalog_id = inner.catalog_id
        if catalog_id is None:
            return super().tables_named(database, names)
        inside = {name: inner.has(database, name) for name in names}
        found = super().tables_named(database, [name for name in names if not inside[name]])
        there = {table["Name"].lower() for table in found}
        others = [n for n in names if inside[n] or (inside[n] is None and n not in there)]
        more = named_tables(partial(self._call, CatalogId=catalog_id), database, others)
        return found + [{"CatalogId": catalog_id, **table} for table in more]

    def inner_tables(self, database: str) -> list[Table]:
        """The tables of the inner catalog's database of this name; none where there is no such catalog."""
        catalog_id = self._inner().catalog_id
        if catalog_id is None:
            return []
        pages = self._pages("get_tables", "TableList", CatalogId=catalog_id, DatabaseName=database)
        return [{"CatalogId": catalog_id, **table} for table in pages]

    def tables_like(self, database: str, pattern: str) -> list[Table]:
        """The tables of the account's own catalog whose names a pattern (a regular expression) matches as a whole."""
        # Asked in a way that also Glue's shorter patterns understand; which of them match is decided here.
        name = re.compile(pattern)
        start = re.match(r"[0-9a-z_]*", pattern)
        expression = f"{start[0] if start else ''}.*"
        pages = self._pages("get_tables", "TableList", DatabaseName=database, Expression=expression)
        return [table for table in pages if name.fullmatch(table["Name"].lower())]

    def add_partitions(
        self, database: str, table: str, partitions: Sequence[dict[str, Any]]
    ) -> bool:
        """Adds partitions; one that is there stays as it is. Whether all were added."""
        refused: set[tuple[str, ...]] = set()
        for start in range(0, len(partitions), CREATE_PARTITIONS):
            refused |= self._batch(
                "batch_create_partition",
                database,
                table,
                "PartitionInputList",
                list(partitions[start : start + CREATE_PARTITIONS]),
                tolerated="AlreadyExistsException",
            )
        return not refused

    def create_inner_database(self, name: str) -> None:
        """Does nothing where it is there. Raises GlueApiError, also where there is no such catalog."""
        try:
            self._call(
                "create_database", CatalogId=self._inner().catalog_id, DatabaseInput={"Name": name}
            )
        except GlueApiError as error:
            if error.code != "AlreadyExistsException":
                raise

    def drop_inner_database(self, name: str) -> None:
        """Drops the inner catalog's database of this name, with its tables."""
        tables = self.inner_tables(name)
        catalog_id = self._inner().catalog_id
        for table in tables:
            self._call("delete_table", CatalogId=catalog_id, DatabaseName=name, Name=table["Name"])
        if catalog_id is not None:
            self._call("delete_database", CatalogId=catalog_id, Name=name)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        return super()._call(operation, **self._catalog_of(parameters), **parameters)

    def _catalog_of(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The CatalogId of the table that a call is about, if that is the project's in the inner catalog."""
        named = parameters.get("TableInput", parameters).get("Name") or parameters.get("TableName")
        database = parameters.get("DatabaseName")
        if not named or not database or "CatalogId" in parameters:
            return {}
        inner = self._inner()
        catalog_id = inner.catalog_id if inner.has(database, named) else None
        return {} if catalog_id is None else {"CatalogId": catalog_id}
