"""The adapter's methods that macros call about the configs of models: checks, lists, literals, plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import AdapterMeta, available
from glue_compiler.knowledge.tables import STRATEGIES

from dbt.adapters.glue import incremental, listagg, model_config, snapshots
from dbt.adapters.glue.literals import string_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.column import GlueColumn

__all__ = ["ModelMethods"]


class ModelMethods(metaclass=AdapterMeta):
    """Decisions that need neither a session nor the catalog."""

    @available
    def checked_file_format(self, value: str | None) -> str:
        return model_config.file_format(value)

    @available
    def checked_incremental_strategy(
        self, strategy: str | None, unique_key: Any = None, partition_by: Any = None
    ) -> str:
        return incremental.checked_strategy(strategy, unique_key, partition_by)

    @available.parse_none
    def check_batches(
        self, strategy: str, language: str, table_format: str | None, partition_by: Any
    ) -> None:
        keys = model_config.names(partition_by)
        incremental.check_batches(strategy, language, table_format, keys)

    @available
    def checked_on_schema_change(self, value: str | None) -> str:
        return incremental.checked_on_schema_change(value)

    @available.parse_none
    def own_strategy(self, context: Mapping[str, Any], strategy: str) -> Any:
        """The project's macro of a strategy that the adapter has not; None for one that it has."""
        return incremental.own_strategy(context, strategy)

    @available
    def valid_incremental_strategies(self) -> list[str]:
        return list(STRATEGIES)

    @available
    def column_list(self, value: Any) -> list[str]:
        return model_config.names(value)

    @available
    def predicate_list(self, value: Any) -> list[str]:
        return [value] if isinstance(value, str) else list(value or ())

    @available
    def table_properties(self, *properties: Mapping[str, Any] | None) -> dict[str, str]:
        return model_config.properties(*properties)

    @available
    def ordered_list(self, measure: str, order_by_clause: str) -> str:
        return listagg.ordered_list(measure, order_by_clause)

    @available
    def string_literal(self, value: Any) -> str:
        return string_literal(value)

    @available.parse_none
    def incremental_plan(
        self,
        strategy: str,
        on_schema_change: str,
        relation: BaseRelation,
        target_columns: list[GlueColumn],
        source_columns: list[GlueColumn] | None,
        unique_key: Any,
        partition_by: Any,
    ) -> incremental.IncrementalPlan:
        plan = incremental.plan_incremental(
            strategy,
            on_schema_change,
            relation.render(),
            target_columns,
            source_columns,
            partitioned=bool(model_config.names(partition_by)),
        )
        keys = model_config.names(unique_key)
        incremental.check_unique_key(strategy, keys, relation.render(), plan.columns)
        return plan

    @available
    def stored_columns(
        self, columns: list[GlueColumn], target: list[GlueColumn]
    ) -> list[GlueColumn]:
        return incremental.stored_columns(columns, target)

    @available
    def select_list(self, columns: list[GlueColumn], stored: list[GlueColumn]) -> str:
        return incremental.select_list(columns, stored)

    @available
    def keys_hold(self, unique_key: Any, partitions: list[incremental.PlanColumn]) -> bool:
        """Whether rows of one key are of one partition, because the key has its columns."""
        keys = {name.lower() for name in model_config.names(unique_key)}
        return all(column.name.lower() in keys for column in partitions)

    @available
    def merge_columns(
        self, columns: Iterable[incremental.PlanColumn], update: Any, exclude: Any
    ) -> list[str]:
        return incremental.merge_columns(
            columns, model_config.names(update), model_config.names(exclude)
        )

    @available
    def snapshot_columns(self, staged: list[GlueColumn], unique_key: Any) -> list[GlueColumn]:
        return snapshots.row_columns(staged, unique_key)

    @available
    def columns_without(
        self, columns: list[GlueColumn], others: list[GlueColumn]
    ) -> list[GlueColumn]:
        return snapshots.columns_without(columns, others)

    @available
    def snapshot_version_columns(
        self, target: list[GlueColumn], inserted: list[GlueColumn]
    ) -> tuple[incremental.PlanColumn, ...]:
        return snapshots.version_columns(target, inserted)
