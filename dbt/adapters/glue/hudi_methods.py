"""The adapter's methods about Hudi tables: what the session's runtime is told to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from glue_compiler.knowledge.tables import HUDI

from dbt.adapters.glue import model_config
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import data_columns, data_location, format_of, is_view
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.formats.hudi import hudi_shape, table_properties, write_settings
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.synced_views import forget_stale_views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["HudiMethods"]


class HudiMethods(AdapterParts):
    """What the macros ask for tables that the session's runtime writes."""

    @available
    def is_written_by_runtime(self, table_format: str | None) -> bool:
        known = open_format(table_format)
        return known is not None and known.written_by_runtime

    @available
    def hudi_keys(self, model: Mapping[str, Any], snapshot_key: str | None = None) -> list[str]:
        """The columns of the record key: the key of a snapshot's rows, else the unique_key; none for a table without."""
        if snapshot_key:
            return [snapshot_key]
        config = model.get("config", {})
        return list(hudi_shape(config, model_config.names(config.get("unique_key")), ()).keys)

    @available
    def hudi_precombine(self, model: Mapping[str, Any]) -> str | None:
        """The column by which the latest of several rows of a key is told; None where there is to be one."""
        return hudi_shape(model.get("config", {}), (), ()).precombine

    @available
    def hudi_properties(self, model: Mapping[str, Any], keys: list[str]) -> dict[str, str]:
        """The table properties that say what a new table's key, type and order of rows are."""
        return table_properties(hudi_shape(model.get("config", {}), keys, ()))

    @available
    def columns_of_rows(
        self, columns: list[GlueColumn] | None, table_format: str | None
    ) -> list[GlueColumn] | None:
        """Columns of a query without those of Hudi's own, where they are to go into a Hudi table."""
        if columns is None or not self.is_written_by_runtime(table_format):
            return columns
        return data_columns(columns)

    @available
    def names_of_rows(self, names: list[str], table_format: str | None) -> list[str]:
        """Likewise of names."""
        columns = [self.Column(name, "string") for name in names]
        return [column.name for column in self.columns_of_rows(columns, table_format) or ()]

    @available.parse(lambda *_args, **_kwargs: {})
    def hudi_request(
        self,
        target: GlueRelation,
        model: Mapping[str, Any],
        select: str,
        operation: str,
        keys: list[str],
        staging: GlueRelation | None = None,
        clauses: str | None = None,
    ) -> dict[str, Any]:
        """What the session is to do with the rows of a query (glue_session.hudi_tables.write).

        With `staging`, and the clauses of its CREATE TABLE, a table of another kind is replaced by one that is made beside it.
        """
        config = model.get("config", {})
        shape = hudi_shape(config, keys, model_config.names(config.get("partition_by")))
        if staging is not None:
            forget_stale_views(self.data_catalog, staging)
        there = self.data_catalog.table(*name_of(target))
        usable = there is not None and (staging is None or self._may_keep(there, config))
        staged = staging and {
            "name": staging.render(),
            "location": staging.location,
            "clauses": clauses,
            "target": list(name_of(target)),
        }
        return {
            "select": select,
            "operation": operation,
            "shape": shape._asdict(),
            "settings": write_settings(config),
            "table": {"name": target.render(), "location": data_location(there)}
            if usable
            else None,
            "staged": staged,
        }

    @available.parse(lambda *_args, **_kwargs: False)
    def write_hudi(self, request: Mapping[str, Any]) -> bool:
        """Carries out a request; gives whether the staged table was made, which is then to be switched in.

        Requests for one table follow one another.
        """
        with self.writers.lock((request["table"] or request["staged"])["name"]):
            answer = self.connections.handle().call("write_hudi", dict(request))
        return bool(answer.framed["staged"])

    @staticmethod
    def _may_keep(there: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
        """Whether a table may stay where it is: a Hudi table that has the properties that the configs name."""
        wanted = model_config.properties(
            config.get("table_properties"), config.get("tblproperties")
        )
        has = there.get("Parameters") or {}
        same = format_of(there) == HUDI and not is_view(there)
        return same and all(has.get(name) == text for name, text in wanted.items())
