"""The adapter's methods about tables in an open format, which change by commits of their own and are not staged."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.tables import ICEBERG, OPEN_FORMATS

from dbt.adapters.glue import incremental, model_config
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.maintenance import maintenance_calls
from dbt.adapters.glue.replacement import join_location, new_version, staged_comment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["OpenTableMethods"]

logger = AdapterLogger("Glue")


class OpenTableMethods(AdapterParts):
    """What the materializations ask about formats, and what they do to open tables beside SQL."""

    @available.parse(lambda _self, _model, relation, *_args, **_kwargs: relation)
    def relation_to_build(
        self,
        model: Mapping[str, Any],
        relation: GlueRelation,
        existing: GlueRelation | None,
        default_format: str | None = None,
    ) -> GlueRelation:
        """The table that a node makes, in the format that it asks for.

        Raises CompilationError where it names none and what is there has an open one.
        """
        there = existing.table_format if existing is not None and existing.is_table else None
        chosen = model.get("config", {}).get("file_format")
        name = f"{relation.schema}.{relation.identifier}"
        table: GlueRelation = relation.incorporate(type="table")  # type: ignore[no-untyped-call]
        return table.stored_as(model_config.kept_format(chosen, there, name, default_format))

    @available.parse(lambda *_args, **_kwargs: False)
    def replaces_in_place(self, relation: GlueRelation, existing: GlueRelation | None) -> bool:
        """Whether CREATE OR REPLACE makes the table: nothing is there, or a table of the same open format."""
        return relation.table_format in OPEN_FORMATS and (
            existing is None
            or (existing.is_table and existing.table_format == relation.table_format)
        )

    @available.parse(lambda _self, relation, *_args, **_kwargs: relation)
    def table_in_place(
        self, relation: GlueRelation, existing: GlueRelation | None, model: Mapping[str, Any]
    ) -> GlueRelation:
        """The relation with the location of a table that is not there yet; one that is keeps its own."""
        if existing is not None:
            return relation
        root = model_config.table_root(
            self.credentials, relation, model.get("config", {}), self.database_location
        )
        placed: GlueRelation = relation.replace(location=join_location(root, new_version()))
        return placed

    @available.parse_none
    def check_same_format(self, relation: GlueRelation, existing: GlueRelation) -> None:
        """Raises CompilationError where an incremental run would add rows to a table of another format."""
        if existing.is_table and existing.table_format != relation.table_format:
            formats = {existing.table_format, relation.table_format}
            if formats & set(OPEN_FORMATS):
                raise CompilationError(
                    f"{relation.schema}.{relation.identifier} is in the format {existing.table_format}, and the "
                    f"node asks for {relation.table_format}: a model changes it with --full-refresh; a snapshot keeps "
                    "its rows, so make a table of them in the other format, under its name"
                )

    @available
    def is_open_format(self, table_format: str | None) -> bool:
        """Whether tables of a format change by commits of their own."""
        return table_format in OPEN_FORMATS

    @available
    def staged_comment(self, relation: GlueRelation) -> str | None:
        """The comment by which a staged open table is known as that of its target, whose properties Glue does not see."""
        if relation.staged_for is None or relation.table_format not in OPEN_FORMATS:
            return None
        return staged_comment(relation.staged_for)

    @available
    def partition_fields(self, value: Any, file_format: str | None) -> list[str]:
        """The fields of PARTITIONED BY as Spark SQL, by two configs."""
        return model_config.partition_fields(value, model_config.file_format(file_format))

    @available
    def rows_view(self) -> str:
        """A name for the temporary view of a model's rows, unlike any other text."""
        return f"__dbt_rows_{secrets.token_hex(8)}"

    @available
    def columns_from(self, described: Sequence[Sequence[str]]) -> list[GlueColumn]:
        """Columns of (name, type) pairs, as a Python model's response has them."""
        return [self.Column(name, kind) for name, kind in described]

    @available.parse_none
    def change_plan(
        self,
        strategy: str,
        on_schema_change: str,
        relation: GlueRelation,
        target_columns: list[GlueColumn],
        source_columns: list[GlueColumn] | None,
    ) -> incremental.ChangePlan:
        return incremental.plan_changes(
            strategy, on_schema_change, relation.render(), target_columns, source_columns
        )

    @available.parse(lambda *_args, **_kwargs: [])
    def maintenance_calls(self, relation: GlueRelation, model: Mapping[str, Any]) -> list[str]:
        """The CALL statements by which an Iceberg table is tidied after its commit; none unless its configs ask."""
        if relation.table_format != ICEBERG:
            return []
        table = f"{relation.schema}.{relation.identifier}"
        return maintenance_calls(
            model.get("config", {}), relation.catalog or "spark_catalog", table
        )

    @available.parse(lambda *_args, **_kwargs: [])
    def hold_rows(self, view: str, sql: str) -> list[GlueColumn]:
        """Keeps the rows of a query, as a view, for the next `merge`; their columns."""
        answer = self.connections.handle().call("hold_rows", {"sql": sql, "view": view})
        columns: list[GlueColumn] = self.columns_from(answer.framed["columns"])
        return columns

    @available.parse_none
    def merge(self, relation: GlueRelation, sql: str) -> str:
        """Runs a MERGE over rows that are held, in one commit; again, a few times, where another one came between.

        Raises StatementFailed where it does not come in, or may have.
        """
        logger.debug(sql)
        self.connections.handle().call("merge", {"table": relation.render(), "sql": sql})
        return "MERGE"

    @available.parse_none
    def overwrite_partitions(self, relation: GlueRelation, sql: str) -> str:
        """Replaces the partitions of a table that the rows of a query are in, in one commit."""
        self.connections.handle().call(
            "overwrite_partitions", {"table": relation.render(), "sql": sql}
        )
        return "OVERWRITE"
