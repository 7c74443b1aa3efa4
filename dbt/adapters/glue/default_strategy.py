"""What an incremental model without `incremental_strategy` does, here and in dbt-glue, where rows depend on which is meant.

dbt's rule for any adapter is merge with a unique_key, else append. dbt-glue's is to overwrite: the whole table, or the
partitions that the new rows are in where Spark's configuration says so. Rows are there twice where the first is taken
for the second, and gone where the second is taken for the first, so that neither is done to a table that another tool
made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.tables import DEFAULT_FORMAT, HUDI, ICEBERG

from dbt.adapters.glue.incremental import checked_strategy
from dbt.adapters.glue.unread_configs import BUILDING_COMMANDS, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = [
    "DOES",
    "DOES_IN_DBT_GLUE",
    "appending",
    "ask_which",
    "dbt_glues_default",
    "differs_from",
    "replaced_whole",
    "tell_appending",
    "tell_partitions_stay",
]

_UNSET = (None, "default")
_MODE = "spark.sql.sources.partitionOverwriteMode"

DOES = {
    "append": "adds the new rows to those that are there",
    "merge": "updates the rows whose unique_key is there and adds the others",
    "insert_overwrite": "replaces the table by the new rows, or with partition_by the partitions that they are in",
}

DOES_IN_DBT_GLUE = {
    **DOES,
    "insert_overwrite": "replaces the table by the new rows, or with partition_by and dynamic overwrites in `conf` the "
    "partitions that they are in",
}


def dbt_glues_default(language: str, table_format: str | None) -> str:
    """The strategy that dbt-glue 1.12 follows for a model that names none, whatever its other configs."""
    if table_format == HUDI:
        return "merge"  # an upsert by Hudi, in place of every strategy
    return "append" if language == "python" and table_format == ICEBERG else "insert_overwrite"


def differs_from(
    config: Mapping[str, Any], language: str, table_format: str | None
) -> tuple[str, str] | None:
    """The strategy of a model that names none, here and in dbt-glue; None where they are the same, or one is named."""
    if config.get("incremental_strategy") not in _UNSET:
        return None
    ours = checked_strategy(None, config.get("unique_key"), config.get("partition_by"))
    theirs = dbt_glues_default(language, table_format)
    return None if ours == theirs else (ours, theirs)


def replaced_whole(
    config: Mapping[str, Any], language: str, table_format: str | None, conf: Mapping[str, str]
) -> bool:
    """Whether dbt-glue replaces the whole table where this adapter replaces the partitions of `partition_by`.

    It says INSERT OVERWRITE, and Spark's default for it is *static*: `conf`, the profile's, has to say otherwise.
    """
    if language != "sql" or table_format == HUDI or not config.get("partition_by"):
        return False
    strategy = config.get("incremental_strategy")
    if strategy in _UNSET:
        strategy = checked_strategy(None, config.get("unique_key"), config.get("partition_by"))
    return strategy == "insert_overwrite" and conf.get(_MODE, "").lower() != "dynamic"


def tell_partitions_stay(relation: str) -> str:
    """The warning for such a table, as long as dbt-glue's build of it is the one that is there."""
    return (
        f"{relation} was made by another tool, such as dbt-glue, where insert_overwrite replaces the whole table, also "
        f"with partition_by, as long as `conf` does not set {_MODE}=dynamic. Here it replaces the partitions that the "
        "new rows are in, and the others stay. Next: where all of them are to go, write materialized: table"
    )


def ask_which(relation: str, ours: str, theirs: str, project: str) -> str:
    """The error for a table that another tool made, of a model whose strategy is not named."""
    return (
        f"{relation} was made by another tool, such as dbt-glue, and the model names no `incremental_strategy`. In "
        f"dbt-glue it is {theirs}, which {DOES_IN_DBT_GLUE[theirs]}; here it would be {ours}, which {DOES[ours]}. Nothing was "
        "written. Next: say which is meant, in the model, or once for all of them in dbt_project.yml: "
        f"`models: {{{project}: {{+incremental_strategy: {theirs}}}}}`"
    )


def appending(nodes: Iterable[Any], selected: Collection[str]) -> list[str]:
    """The files of the selected models that append for want of any config that says otherwise, and would not in dbt-glue."""
    return [
        str(node.original_file_path)
        for node in nodes
        if node.unique_id in selected
        and str(node.resource_type) == "model"
        and node.config.get("materialized") == "incremental"
        and _appends(node.config, str(getattr(node, "language", "sql")))
    ]


def tell_appending(paths: Collection[str], command: str | None, project: str) -> str | None:
    """The one warning of a command about its models of `appending`; None where there is nothing to say."""
    if not paths or command not in BUILDING_COMMANDS:
        return None
    return (
        f"no incremental_strategy, unique_key or partition_by in {listed(paths)}: each run appends its rows to the "
        "table. (dbt-glue would replace the table by them.) Say which is meant, in the model, or once for all of them "
        f"in dbt_project.yml: `models: {{{project}: {{+incremental_strategy: append}}}}`, or insert_overwrite"
    )


def _appends(config: Mapping[str, Any], language: str) -> bool:
    table_format = str(config.get("file_format") or DEFAULT_FORMAT).lower()
    differs = differs_from(config, language, table_format)
    return differs is not None and differs[0] == "append"
