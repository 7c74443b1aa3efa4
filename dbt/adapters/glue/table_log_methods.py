"""The adapter's methods about what tables know of themselves and the Data Catalog does not: their logs are asked."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import SCHEMA, Table, format_of, is_view
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.session_meta import environment_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["TableLogMethods"]

logger = AdapterLogger("Glue")


class TableLogMethods(AdapterParts):
    """Columns are asked of a session, all tables at once, and only where the Data Catalog lacks them."""

    def with_own_columns(self, schema: str, tables: Sequence[Table]) -> list[Table]:
        """Tables of the Data Catalog with the columns and comments that their own logs tell, where the catalog has none.

        One that cannot be read stays as it is, with a warning.
        """
        names = {
            self._name(schema, table): table
            for table in tables
            if not is_view(table)
            and (known := open_format(format_of(table))) is not None
            and not known.columns_in_catalog
        }
        if not names:
            return list(tables)
        answer = self._call(names.values(), "describe_tables", {"tables": list(names)})
        told = {names[name]["Name"]: said for name, said in answer["tables"].items()}
        return [_told(table, told.get(table["Name"])) for table in tables]

    def _name(self, schema: str, table: Mapping[str, Any]) -> str:
        made = self.Relation.create(schema=schema, identifier=table["Name"])
        return made.stored_as(format_of(table)).render()

    def _call(
        self, tables: Iterable[Table], function: str, request: dict[str, Any]
    ) -> dict[str, Any]:
        """Calls a function of a session that has the formats of the tables."""
        needed = {str(format_of(table)) for table in tables}
        known = needed <= set(self.credentials.formats)
        self.credentials.need_formats(needed)
        there = self.connections.get_if_exists() is not None
        with nullcontext() if there else self.connection_named("table_logs"):
            handle = self.connections.handle()
            if not known:
                handle.environment = environment_with(self.credentials, {})
            return handle.call(function, request).framed


def _told(table: Table, said: Mapping[str, Any] | None) -> Table:
    if said is None:
        return table
    if "error" in said:
        logger.warning(f"the columns of {table['Name']} are not known: {said['error']['message']}")
        return table
    parameters = {**(table.get("Parameters") or {}), SCHEMA: json.dumps(said["schema"])}
    if said["comment"]:
        parameters["comment"] = said["comment"]
    else:
        parameters.pop("comment", None)
    return {**table, "Parameters": parameters}
