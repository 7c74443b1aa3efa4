"""The adapter's methods by which a merge rewrites single partitions of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.knowledge.tables import MERGING_STRATEGIES

from dbt.adapters.glue import model_config, touched_partitions
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.relation import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.incremental import IncrementalPlan, PlanColumn
    from dbt.adapters.glue.replacement import Attempt
    from dbt.adapters.glue.touched_partitions import Values

__all__ = ["PartitionMethods"]

logger = AdapterLogger("Glue")


class PartitionMethods(AdapterParts):
    """Each says in the log why a partitioned table is rewritten as a whole, where it is."""

    @available.parse_none
    def may_rewrite_partitions(
        self, strategy: str, target: BaseRelation, config: Mapping[str, Any], attempt: Attempt
    ) -> bool:
        """Whether the strategy may rewrite single partitions of the table, as it is stored."""
        if strategy not in MERGING_STRATEGIES:
            return False
        table = attempt.table
        if table is None or not table.get("PartitionKeys"):
            return False
        wanted = touched_partitions.Layout(
            model_config.file_format(config.get("file_format")),
            model_config.names(config.get("partition_by")),
            model_config.names(config.get("clustered_by")),
            config.get("buckets"),
        )
        there = self.data_catalog.partitions(*name_of(target))
        return not _is_whole(
            strategy, target, touched_partitions.reason_by_table(table, there, wanted)
        )

    @available.parse_none
    def rewritten_partition_columns(
        self,
        strategy: str,
        target: BaseRelation,
        plan: IncrementalPlan,
        target_columns: list[GlueColumn],
        source_columns: list[GlueColumn],
        attempt: Attempt,
    ) -> list[PlanColumn]:
        """The columns by which the new rows' partitions are found; none where all of the table is rewritten."""
        reason = touched_partitions.reason_by_columns(plan, target_columns, source_columns)
        table = attempt.table
        if table is None or _is_whole(strategy, target, reason):
            return []
        planned = {column.name.lower(): column for column in plan.columns}
        return [planned[key.name.lower()] for key in touched_partitions.partition_columns(table)]

    @available.parse_none
    def touched_partitions(
        self, strategy: str, target: BaseRelation, sql: str
    ) -> list[Values] | None:
        """The partitions that `sql` finds, one a row, as the catalog has them; None where they are too many."""
        _, cursor = self.connections.add_query(sql)
        rows = cursor.fetchmany(touched_partitions.LIMIT + 1)
        cursor.close()
        if len(rows) > touched_partitions.LIMIT:
            reason = f"the new rows touch more than {touched_partitions.LIMIT} partitions"
            _is_whole(strategy, target, reason)
            return None
        return sorted({touched_partitions.stored_values(row) for row in rows})

    @available.parse_none
    def partition_condition(
        self, target: BaseRelation, columns: Sequence[PlanColumn], touched: list[Values]
    ) -> str:
        """SQL for the rows of the touched partitions, as far as they are there."""
        there = self.data_catalog.partitions(*name_of(target))
        return touched_partitions.condition_on(columns, [v for v in touched if v in there])

    @available.parse_none
    def switch_partitions(
        self,
        strategy: str,
        target: BaseRelation,
        staging: BaseRelation,
        rewritten: Sequence[Values] = (),
        attempt: Attempt | None = None,
    ) -> None:
        """Gives `target` the partitions of `staging`, in place of its own of the same values.

        Of the `rewritten` ones those go that `staging` does not have: no row is left in them. Nothing is switched where
        `attempt` is overtaken.
        """
        done = self.replacement.switch_partitions(
            name_of(target),
            name_of(staging),
            staging.location,  # type: ignore[attr-defined]
            rewritten,
            attempt,
        )
        if done is None:
            return
        extra = [
            f", {what} {n}" for what, n in (("added", done.added), ("removed", done.removed)) if n
        ]
        logger.info(
            f"{strategy}: rewrote {done.replaced} of {done.before} partitions of "
            f"{'.'.join(name_of(target))}{''.join(extra)}"
        )


def _is_whole(strategy: str, target: BaseRelation, reason: str | None) -> bool:
    if reason is not None:
        logger.info(f"{strategy}: rewriting all of {'.'.join(name_of(target))}: {reason}")
    return reason is not None
