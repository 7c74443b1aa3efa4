"""The adapter's methods about the freshness of sources without a `loaded_at_field`: asked of the catalog, not of Spark."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import is_view
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.table_log_methods import TableLogMethods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.impl import FreshnessResponse
    from dbt.adapters.base.relation import BaseRelation
    from dbt.adapters.contracts.connection import AdapterResponse
    from dbt.adapters.contracts.macros import MacroResolverProtocol

__all__ = ["FreshnessMethods"]


class FreshnessMethods(TableLogMethods):
    """When a table last changed, as far as the Data Catalog knows.

    That is its `UpdateTime`, or the `CreationTime` of its newest partition. Files that come into a
    place that the catalog knows already change neither: such a source needs a `loaded_at_field`. Where a
    format's commits do not reach the catalog, the table's own log is asked.
    """

    def calculate_freshness(
        self,
        source: BaseRelation,
        loaded_at_field: str,
        filter: str | None,  # noqa: A002 - dbt's name
        macro_resolver: MacroResolverProtocol | None = None,
    ) -> tuple[AdapterResponse | None, FreshnessResponse]:
        """By a field of the source, under the name that a table of its format has: dbt asked for none before."""
        self.table_formats.look_up([source])
        found = self.table_formats.of_name(*name_of(source))
        named = source.stored_as(found)  # type: ignore[attr-defined]
        return super().calculate_freshness(named, loaded_at_field, filter, macro_resolver)

    def calculate_freshness_from_metadata_batch(
        self,
        sources: list[BaseRelation],
        macro_resolver: MacroResolverProtocol | None = None,  # noqa: ARG002 - dbt's signature
    ) -> tuple[list[AdapterResponse | None], dict[BaseRelation, FreshnessResponse]]:
        """The freshness of the sources that are tables; the others are asked for alone, and told of."""
        wanted: dict[str, dict[str, list[BaseRelation]]] = defaultdict(lambda: defaultdict(list))
        for source in sources:
            database, name = name_of(source)
            wanted[database][name].append(source)
        found: dict[BaseRelation, FreshnessResponse] = {}
        for database, relations in wanted.items():
            tables = self.data_catalog.tables_named(database, relations)
            changes = self.last_changes(database, tables)
            for table in tables:
                if not is_view(table):
                    changed = changes.get(table["Name"].lower())
                    freshness = self._freshness_of(database, table, changed)
                    found.update(dict.fromkeys(relations[table["Name"].lower()], freshness))
        return [], found

    def calculate_freshness_from_metadata(
        self, source: BaseRelation, macro_resolver: MacroResolverProtocol | None = None
    ) -> tuple[AdapterResponse | None, FreshnessResponse]:
        """Raises DbtRuntimeError for what is no table of the Data Catalog."""
        _, found = self.calculate_freshness_from_metadata_batch([source], macro_resolver)
        if source not in found:
            there = self.data_catalog.table(*name_of(source))
            raise DbtRuntimeError(
                f"{source} is not in the Data Catalog"
                if there is None
                else f"{source} is a view, of which the Data Catalog does not know when its rows "
                "changed: give the source a `loaded_at_field`"
            )
        return None, found[source]

    def _freshness_of(
        self, database: str, table: Mapping[str, Any], changed: datetime | None
    ) -> FreshnessResponse:
        if changed is not None:
            return self._create_freshness_response(changed, datetime.now(timezone.utc))
        times = [table.get("UpdateTime"), table.get("CreateTime")]
        if table.get("PartitionKeys"):
            times.append(self.data_catalog.newest_partition(database, table["Name"]))
        known = [time for time in times if isinstance(time, datetime)]
        return self._create_freshness_response(max(known, default=None), datetime.now(timezone.utc))
