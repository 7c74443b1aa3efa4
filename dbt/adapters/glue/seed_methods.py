"""The adapter's methods about seeds: the types that values suggest, and the rows on their way into a table."""

# ruff: noqa: ARG003 - the signatures are dbt's
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt_common.clients.agate_helper import from_csv

from dbt.adapters.glue import seeds
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.session_meta import seed_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    import agate
    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.column import GlueColumn

__all__ = ["SeedMethods"]


class SeedMethods(AdapterParts):
    """What the seed macros call, and dbt's types of CSV columns as Spark's."""

    @available
    def seed_columns(
        self, table: agate.Table, column_types: Mapping[str, str] | None
    ) -> list[GlueColumn]:
        inferred = [
            self.convert_type(table, index) or "string" for index in range(len(table.column_names))
        ]
        return seeds.seed_columns(table, inferred, column_types)

    @available
    def seed_settings(self, model: Mapping[str, Any]) -> dict[str, Any]:
        """`format` for seeds without a file_format, `append`: whether a seed adds to what is there."""
        meta = model.get("config", {}).get("meta") or {}
        return {
            "format": seed_field("seed_format", meta, self.credentials),
            "append": seed_field("seed_mode", meta, self.credentials) == "append",
        }

    @available.parse(lambda _adapter, table, _model: table)
    def seed_table(self, table: agate.Table, model: Mapping[str, Any]) -> agate.Table:
        """The table of a seed with its rows, by which columns get their types.

        dbt-core from 1.12 on leaves the rows out with `--empty`, and its numbers would be whole ones.
        """
        path = getattr(table, "original_abspath", None)
        if len(table.rows) or path is None or not getattr(self.config.args, "EMPTY", False):
            return table
        config = model["config"]
        return from_csv(path, config.get("column_types") or {}, config.get("delimiter") or ",")

    @available.parse(lambda *_args, **_kwargs: 0)
    def seed_row_count(self, table: agate.Table) -> int:
        """How many rows of a seed are written: none with `--empty`."""
        return 0 if getattr(self.config.args, "EMPTY", False) else len(table.rows)

    @available.parse_none
    def load_seed(
        self,
        relation: BaseRelation,
        ddl: str | None,
        table: agate.Table,
        column_types: Any = None,
        view: str | None = None,
        overwrites: Mapping[str, Any] | None = None,
    ) -> str:
        """Makes the table of a seed (by `ddl`) and writes its rows, in as few statements as they fit into.

        With `view` the DDL makes the table of the rows, which are in the temporary view of that name; with `overwrites`,
        an `overwrite_target`, they replace the table that is there.
        """
        self._load_rows(relation, table, column_types, ddl=ddl, view=view, overwrites=overwrites)
        return f"INSERT {self.seed_row_count(table)}"

    @available.parse(lambda *_args, **_kwargs: False)
    def load_seed_into_hudi(
        self,
        relation: BaseRelation,
        request: Mapping[str, Any],
        table: agate.Table,
        column_types: Any,
        view: str,
    ) -> bool:
        """Carries out a request for a Hudi table (`hudi_request`) with a seed's rows in `view`.

        Gives whether the staged table was made.
        """
        answer = self._load_rows(relation, table, column_types, view=view, hudi=dict(request))
        return bool(answer["staged"])

    def _load_rows(
        self, relation: BaseRelation, table: agate.Table, column_types: Any, **how: Any
    ) -> Mapping[str, Any]:
        columns = self.seed_columns(table, column_types)
        request = {
            "table": relation.render(),
            "columns": [column.name for column in columns],
            "types": [column.data_type for column in columns],
            "rows": seeds.seed_rows(table) if self.seed_row_count(table) else [],
            **how,
        }
        return self.connections.handle().call("load_rows", request).framed

    # Spark's types for those of agate

    @classmethod
    def convert_text_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "string"

    @classmethod
    def convert_number_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        import agate

        return "double" if agate_table.aggregate(agate.MaxPrecision(col_idx)) else "bigint"

    @classmethod
    def convert_integer_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "bigint"

    @classmethod
    def convert_boolean_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "boolean"

    @classmethod
    def convert_date_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "date"

    @classmethod
    def convert_datetime_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "timestamp"

    @classmethod
    def convert_time_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "string"
