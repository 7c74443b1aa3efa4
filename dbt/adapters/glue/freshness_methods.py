"""The adapter's methods about the freshness of sources without a `loaded_at_field`: asked of the catalog and of logs, not of Spark."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import is_view
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.table_log_methods import TableLogMethods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt.adapters.base.impl import FreshnessResponse
    from dbt.adapters.base.relation import BaseRelation
    from dbt.adapters.contracts.connection import AdapterResponse
    from dbt.adapters.contracts.macros import MacroResolverProtocol

    from dbt.adapters.glue.catalog import Table

__all__ = ["FreshnessMethods"]


class FreshnessMethods(TableLogMethods):
    """When the rows of a table last changed, as far as that is known without a session.

    Of a table in an open format its own log tells. Of others the Data Catalog does: `UpdateTime`, or the
    `CreationTime` of the newest partition. Files that come into a place that the catalog knows already change
    neither: such a source needs a `loaded_at_field`.
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
            there = self._freshness_of(
                database, self.data_catalog.tables_named(database, relations)
            )
            for name, freshness in there.items():
                found.update(dict.fromkeys(relations[name], freshness))
        return [], found

    def calculate_freshness_from_metadata(
        self, source: BaseRelation, macro_resolver: MacroResolverProtocol | None = None
    ) -> tuple[AdapterResponse | None, FreshnessResponse]:
        """Raises DbtRuntimeError for what is no table of the Data Catalog."""
        del macro_resolver
        database, name = name_of(source)
        there = self.data_catalog.tables_named(database, [name])
        found = self._freshness_of(database, there)
        if not found:
            raise DbtRuntimeError(
                f"{source} is a view, of which the Data Catalog does not know when its rows "
                "changed: give the source a `loaded_at_field`"
                if there
                else f"{source} is not in the Data Catalog"
            )
        return None, found[name]

    def _freshness_of(self, database: str, tables: Sequence[Table]) -> dict[str, FreshnessResponse]:
        """By names in lower case, without views."""
        changes = self.last_changes(database, tables)
        now = datetime.now(timezone.utc)
        return {
            name: self._create_freshness_response(
                changes[name] if name in changes else self._last_update(database, table), now
            )
            for table in tables
            if not is_view(table) and (name := table["Name"].lower())
        }

    def _last_update(self, database: str, table: Table) -> datetime | None:
        times = [table.get("UpdateTime"), table.get("CreateTime")]
        if table.get("PartitionKeys"):
            times.append(self.data_catalog.newest_partition(database, table["Name"]))
        return max((time for time in times if isinstance(time, datetime)), default=None)
