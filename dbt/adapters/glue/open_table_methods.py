"""The adapter's methods about tables in an open format, which change by commits of their own and are not staged."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_compiler.knowledge.tables import OPEN_FORMATS, S3_TABLES

from dbt.adapters.glue import incremental, model_config
from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.literals import type_name
from dbt.adapters.glue.relation import name_of, part_of
from dbt.adapters.glue.replacement import staged_comment
from dbt.adapters.glue.table_bucket_methods import TableBucketMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["OpenTableMethods"]

logger = AdapterLogger("Glue")


class OpenTableMethods(TableBucketMethods):
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
        if relation.table_format == S3_TABLES and existing is None:
            self.make_namespace(part_of(relation.schema, "schema"))
        there = existing.table_format if existing is not None and existing.is_table else None
        chosen = model.get("config", {}).get("file_format")
        name = f"{relation.schema}.{relation.identifier}"
        table: GlueRelation = relation.incorporate(type="table")  # type: ignore[no-untyped-call]
        return table.stored_as(model_config.kept_format(chosen, there, name, default_format))

    @available.parse(lambda *_args, **_kwargs: False)
    def replaces_in_place(self, relation: GlueRelation, existing: GlueRelation | None) -> bool:
        """Whether the table is made where it is to be: nothing is there, or a table of the same open format."""
        known = open_format(relation.table_format)
        if known is None or existing is None:
            return known is not None
        same = existing.is_table and existing.table_format == relation.table_format
        return bool(same and (known.creates_or_replaces or known.overwrite_options is not None))

    @available
    def creates_or_replaces(self, table_format: str | None) -> bool:
        """Whether one statement makes a table of a format and replaces the one of its name."""
        known = open_format(table_format)
        return known is not None and known.creates_or_replaces

    @available
    def provider_of(self, table_format: str) -> str:
        """What Spark's USING calls a format."""
        known = open_format(table_format)
        return table_format if known is None else known.provider

    @available.parse(lambda _self, relation, *_args, **_kwargs: relation)
    def table_in_place(
        self, relation: GlueRelation, existing: GlueRelation | None, model: Mapping[str, Any]
    ) -> GlueRelation:
        """The relation with the location of a table that is not there yet; one that is keeps its own.

        It is marked to be overwritten there where its format has no statement that replaces it.
        """
        known = open_format(relation.table_format)
        if existing is not None and known is not None and known.overwrite_options is not None:
            place = data_location(self.data_catalog.table(*name_of(relation)))
            overwritten: GlueRelation = relation.replace(location=place, overwrites=True)
            return overwritten
        if existing is not None or (known is not None and known.places_tables):
            return relation
        placed: GlueRelation = self.placed_relation(relation, model)
        return placed

    @available.parse(lambda _self, relation, *_args, **_kwargs: relation)
    def placed_relation(self, relation: GlueRelation, model: Mapping[str, Any]) -> GlueRelation:
        """The relation with the location of a new version of its table."""
        root = model_config.table_root(
            self.credentials, relation, model.get("config", {}), self.database_location
        )
        kept = model_config.retention(model.get("config", {}))
        location = self.old_versions.new_location(name_of(relation), root, kept)
        placed: GlueRelation = relation.replace(location=location)
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

    @available.parse_none
    def check_view(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for a view with a `file_format` that has none."""
        known = open_format(str(model.get("config", {}).get("file_format") or "").lower())
        if known is not None and known.lacks_views is not None:
            raise CompilationError(known.lacks_views)

    def check_rename(self, *relations: BaseRelation) -> None:
        """Raises DbtRuntimeError for a table that keeps its name, one that would take it, and another schema, as Spark does.

        Who builds the old name anew looks for what is made of its data in the same schema.
        """
        schemas = {str(relation.schema).lower() for relation in relations}
        if len(schemas) > 1:
            raise DbtRuntimeError(
                f"{relations[0]} cannot be renamed to {relations[-1]}: a table keeps its schema; make the other one by "
                "`create table ... as select`, and drop this one"
            )
        for relation in relations:
            known = open_format(getattr(relation, "table_format", None))
            if known is not None and known.keeps_name is not None:
                raise DbtRuntimeError(f"{relation} cannot be renamed: {known.keeps_name}")

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
    def columns_from(self, described: Sequence[Sequence[Any]]) -> list[GlueColumn]:
        """Columns of (name, type) pairs, as a session answers with them: types in Spark's JSON form."""
        return [self.Column(name, type_name(kind)) for name, kind in described]

    @available.parse_none
    def change_plan(
        self,
        strategy: str,
        on_schema_change: str,
        relation: GlueRelation,
        target_columns: list[GlueColumn],
        source_columns: list[GlueColumn] | None,
        unique_key: Any,
    ) -> incremental.ChangePlan:
        plan = incremental.plan_changes(
            strategy, on_schema_change, relation.render(), target_columns, source_columns
        )
        keys = model_config.names(unique_key)
        incremental.check_unique_key(strategy, keys, relation.render(), plan.columns)
        return plan

    @available.parse(lambda *_args, **_kwargs: [])
    def change_preparations(
        self, relation: GlueRelation, plan: incremental.ChangePlan
    ) -> list[str]:
        """The statements that a table needs before its columns change. Raises CompilationError for what it cannot do."""
        known = open_format(relation.table_format)
        if known is None:
            return []
        widened = [column.quoted for column in plan.widened]

        def properties() -> dict[str, str]:
            _, rows = self.execute(f"show tblproperties {relation.render()}", fetch=True)
            return {str(row[0]): str(row[1]) for row in rows}

        return list(known.preparations(relation.render(), plan.dropped, widened, properties))

    @available.parse(lambda *_args, **_kwargs: [])
    def maintenance_calls(self, relation: GlueRelation, model: Mapping[str, Any]) -> list[str]:
        """The statements by which a table is tidied after its commit; none unless its configs ask."""
        known = open_format(relation.table_format)
        if known is None:
            return []
        table = f"{relation.schema}.{relation.identifier}"
        return known.maintenance(
            model.get("config", {}), relation.catalog or "spark_catalog", table
        )

    @available.parse(lambda *_args, **_kwargs: {})
    def overwrite_target(
        self, relation: GlueRelation, model: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """What the session needs to replace a table at its location; None where a statement makes it."""
        known = open_format(relation.table_format)
        if not relation.overwrites or known is None:
            return None
        config = model.get("config", {})
        given = model_config.properties(config.get("options"), known.overwrite_options)
        return {
            "relation": relation.render(),
            "location": relation.location,
            "file_format": known.provider,
            "partition_by": model_config.names(config.get("partition_by")),
            "options": given,
            "table_properties": model_config.properties(
                config.get("table_properties"), config.get("tblproperties")
            ),
        }

    @available.parse_none
    def overwrite_table(self, target: Mapping[str, Any], sql: str) -> str:
        """Replaces the table of `overwrite_target` by the rows of a query, in one commit."""
        self.connections.handle().call("overwrite_table", {"target": dict(target), "sql": sql})
        return "OVERWRITE"

    @available.parse(lambda *_args, **_kwargs: [])
    def hold_rows(self, view: str, sql: str) -> list[GlueColumn]:
        """Keeps the rows of a query, as a view, for the next `merge`; their columns."""
        answer = self.connections.handle().call("hold_rows", {"sql": sql, "view": view})
        columns: list[GlueColumn] = self.columns_from(answer.framed["columns"])
        return columns

    @available.parse_none
    def merge(self, relation: GlueRelation, sql: str) -> str:
        """Runs a MERGE over rows that are held, in one commit; again, a few times, where another one came between.

        Batches of one model that run at the same time make their rows beside each other, and merge one after the other.
        Raises StatementFailed where it does not come in, or may have.
        """
        logger.debug(sql)
        lock = self.writers.lock(relation.render())
        if not lock.acquire(blocking=False):
            self.connections.handle().call("make_rows", {"sql": sql})
            lock.acquire()
        try:
            self.connections.handle().call("merge", {"table": relation.render(), "sql": sql})
        finally:
            lock.release()
        return "MERGE"

    @available.parse_none
    def overwrite_partitions(self, relation: GlueRelation, sql: str) -> str:
        """Replaces the partitions of a table that the rows of a query are in, in one commit."""
        self.connections.handle().call(
            "overwrite_partitions", {"table": relation.render(), "sql": sql}
        )
        return "OVERWRITE"
