"""The adapter's methods about the freshness of sources without a `loaded_at_field`: asked of the catalog and of logs, not of Spark."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import data_location, format_of, is_view
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.table_files import FilesUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt.adapters.base.impl import FreshnessResponse
    from dbt.adapters.base.relation import BaseRelation
    from dbt.adapters.contracts.connection import AdapterResponse
    from dbt.adapters.contracts.macros import MacroResolverProtocol

    from dbt.adapters.glue.catalog import Table

__all__ = ["FreshnessMethods"]

logger = AdapterLogger("Glue")

_ASKED_AT_ONCE = 8


class FreshnessMethods(AdapterParts):
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
        """The freshness of the sources of which it is known; the others are asked for alone, and told of."""
        wanted: dict[str, dict[str, list[BaseRelation]]] = defaultdict(lambda: defaultdict(list))
        for source in sources:
            database, name = name_of(source)
            wanted[database][name].append(source)
        found: dict[BaseRelation, FreshnessResponse] = {}
        for database, relations in wanted.items():
            try:
                tables = self.data_catalog.tables_named(database, relations)
            except GlueApiError as error:  # dbt asks for each alone, and tells of each
                logger.debug(f"{database}: {error.msg}")
                continue
            for name, freshness in self._freshness_of(database, tables).items():
                if not isinstance(freshness, DbtRuntimeError):
                    found.update(dict.fromkeys(relations[name], freshness))
        return [], found

    def calculate_freshness_from_metadata(
        self, source: BaseRelation, macro_resolver: MacroResolverProtocol | None = None
    ) -> tuple[AdapterResponse | None, FreshnessResponse]:
        """Raises DbtRuntimeError for what is no table of the Data Catalog, and where its log cannot be read."""
        del macro_resolver
        database, name = name_of(source)
        there = self.data_catalog.tables_named(database, [name])
        found = self._freshness_of(database, there).get(name)
        if isinstance(found, DbtRuntimeError):
            raise found
        if found is None:
            raise DbtRuntimeError(
                f"{source} is a view, of which the Data Catalog does not know when its rows "
                "changed: give the source a `loaded_at_field`"
                if there
                else f"{source} is not in the Data Catalog"
            )
        return None, found

    def _freshness_of(
        self, database: str, tables: Sequence[Table]
    ) -> dict[str, FreshnessResponse | DbtRuntimeError]:
        """By names in lower case, without views; or why that of a table is not known. Several are asked at once."""
        asked = {table["Name"].lower(): table for table in tables if not is_view(table)}
        if not asked:
            return {}
        with ThreadPoolExecutor(min(_ASKED_AT_ONCE, len(asked))) as pool:
            moments = dict(
                zip(
                    asked,
                    pool.map(lambda table: self._last_change(database, table), asked.values()),
                    strict=True,
                )
            )
        now = datetime.now(timezone.utc)
        return {
            name: moment
            if isinstance(moment, DbtRuntimeError)
            else self._create_freshness_response(moment, now)
            for name, moment in moments.items()
        }

    def _last_change(self, database: str, table: Table) -> datetime | DbtRuntimeError | None:
        """When the rows of a table last changed, None where none ever came; or why that is not known."""
        known = open_format(format_of(table))
        try:
            if known is None:
                return self._last_update(database, table)
            parameters = table.get("Parameters") or {}
            return known.last_change(data_location(table), parameters, self.table_files)
        except FilesUnreadable as error:
            assert known is not None  # noqa: S101 - only logs are files
            allow = f"allow {known.log_permissions} to {self._caller}, or "
            # UpdateTime is no answer: it comes with columns and compaction, and does not with Delta's commits.
            return DbtRuntimeError(
                f"{database}.{table['Name']}: its rows last changed at an unknown moment, because its log "
                f"({known.title}) cannot be read: {error.msg}. Next: {allow if error.is_denied else ''}give the source "
                "a `loaded_at_field`, which is read in a session"
            )
        except DbtRuntimeError as error:
            return error

    @property
    def _caller(self) -> str:
        credentials = self.credentials
        if credentials.use_interactive_session_role_for_api_calls:
            return f"{credentials.session_role} (use_interactive_session_role_for_api_calls)"
        return "the credentials with which dbt runs"

    def _last_update(self, database: str, table: Table) -> datetime | None:
        times = [table.get("UpdateTime"), table.get("CreateTime")]
        if table.get("PartitionKeys"):
            times.append(self.data_catalog.newest_partition(database, table["Name"]))
        return max((time for time in times if isinstance(time, datetime)), default=None)
