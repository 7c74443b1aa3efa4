"""What becomes of the configs of a model, seed or snapshot that was built by dbt-glue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import DEFAULT_FORMAT, FILE_FORMATS, ICEBERG
from glue_compiler.project.context import is_jinja

from dbt.adapters.glue import model_config, unread_configs
from dbt.adapters.glue.default_strategy import (
    DOES,
    DOES_IN_DBT_GLUE,
    differs_from,
    replaced_whole,
)
from dbt.adapters.glue.migration.findings import CHANGE, ERROR, WARNING, Finding, Unseen
from dbt.adapters.glue.session_meta import session_conf, session_overrides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from glue_compiler.project.context import Node

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = [
    "PYTHON_MODEL",
    "format_of_node",
    "known_config",
    "language_of",
    "node_findings",
    "unread_of",
]

PYTHON_MODEL = "python_model"
_EXPIRING = ("expire_snapshots", "iceberg_expire_snapshots")
_NOT_OF_PYTHON = (
    "packages",
    "clustered_by",
    "persist_docs",
    "on_schema_change",
    "table_properties",
)
"""Configs that dbt-glue does not carry out for Python models, and that work here."""


def language_of(node: Node) -> str | None:
    """As dbt has it: sql, python, and None for seeds."""
    if node.kind == "seed":
        return None
    return "python" if node.language == "python" else "sql"


def known_config(node: Node) -> dict[str, Any]:
    """The configs whose values can be read without dbt."""
    return {key: value for key, value in node.config.items() if not _has_jinja(value)}


def unread_of(node: Node) -> Unseen | None:
    """The configs that only Jinja can tell."""
    names = [key for key, value in node.config.items() if _has_jinja(value)]
    if not names:
        return None
    why = "Jinja, and there is no manifest that is as new as its file"
    return Unseen(f"{', '.join(names)} of {node.path}", why, "dbt parse")


def _has_jinja(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_jinja, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_has_jinja, value))
    return is_jinja(value)


def format_of_node(node: Node, credentials: GlueCredentials) -> str:
    """The table format of a node's table, in lower case."""
    given = known_config(node).get("file_format")
    if not given and node.kind == "seed":
        given = credentials.seed_format
    return str(given or DEFAULT_FORMAT).lower()


def node_findings(
    node: Node, credentials: GlueCredentials, *, seeds_were_cast: bool = False
) -> Iterator[Finding]:
    """What is to be known of one node. `seeds_were_cast`: the profile turned enable_spark_seed_casting on."""
    config, language = known_config(node), language_of(node)
    where = node.path
    for key, told in unread_configs.refused(config, language, credentials):
        said, _, following = told.partition(" Next: ")
        yield Finding(ERROR, where, key, said.rstrip("."), following)
    if node.materialized in ("table", "incremental", PYTHON_MODEL):
        try:
            model_config.check({"config": config, "language": language})
        except DbtRuntimeError as error:
            yield Finding(ERROR, where, "config", str(error.msg))
    yield from _strategy(config, language, where, node, session_conf(config, credentials))
    if node.materialized == "view" and format_of_node(node, credentials) == ICEBERG:
        yield Finding(
            CHANGE, where, "materialized",
            "a view in Iceberg is a table in dbt-glue, and a view here, which Spark alone reads",
            "write materialized: table where others read it",
        )  # fmt: skip
    yield from _acting_now(node, config, language, credentials, seeds_were_cast)
    for key, why in unread_configs.ignored(config, language):
        yield Finding(WARNING, where, key, f"has no effect: {why}")
    if node.materialized == PYTHON_MODEL:
        said = "`python_model` is dbt-glue's word for `table`, and taken for it with a warning"
        yield Finding(WARNING, where, "materialized", said, "write table, or leave it out")


def _strategy(
    config: Mapping[str, Any],
    language: str | None,
    where: str,
    node: Node,
    conf: Mapping[str, str],
) -> Iterator[Finding]:
    if node.materialized != "incremental" or language is None:
        return
    table_format = str(config.get("file_format") or DEFAULT_FORMAT).lower()
    differs = (
        None
        if _has_jinja(node.config.get("incremental_strategy"))
        else differs_from(config, language, table_format)
    )
    named = config.get("incremental_strategy")
    if differs is not None:
        ours, theirs = differs
        said = (
            f"no incremental_strategy is named: in dbt-glue it is {theirs}, which {DOES_IN_DBT_GLUE[theirs]}; here "
            f"{ours}, which {DOES[ours]}"
        )
        yield Finding(CHANGE, where, "strategy", said, "write the one that is meant")
    elif replaced_whole(config, language, table_format, conf):
        said = (
            "insert_overwrite with partition_by replaces the whole table in dbt-glue, as `conf` does not set "
            "spark.sql.sources.partitionOverwriteMode=dynamic; here the partitions that the new rows are in"
        )
        yield Finding(
            CHANGE, where, "strategy", said, "where all rows are to go, write materialized: table"
        )
    elif language == "python" and named not in (None, "default"):
        if table_format in FILE_FORMATS and (
            named != "insert_overwrite" or config.get("partition_by")
        ):
            said = f"dbt-glue replaces the whole table, whatever the strategy; here it is {named}"
            yield Finding(CHANGE, where, "strategy", said, "see that it is meant")
        elif table_format == ICEBERG and named == "insert_overwrite" and config.get("partition_by"):
            said = "dbt-glue replaces the whole table by the new rows; here the partitions that they are in"
            yield Finding(CHANGE, where, "strategy", said, "see that it is meant")
    if (
        table_format == ICEBERG
        and language == "sql"
        and all(config.get(name) is None for name in _EXPIRING)
    ):
        said = "dbt-glue expires all snapshots but the current one after each run; here they stay"
        yield Finding(
            CHANGE, where, "iceberg_expire_snapshots", said,
            "write iceberg_expire_snapshots: true, or expire_snapshots with an age, where they are to go",
        )  # fmt: skip


def _acting_now(
    node: Node,
    config: Mapping[str, Any],
    language: str | None,
    credentials: GlueCredentials,
    seeds_were_cast: bool,
) -> Iterator[Finding]:
    where = node.path
    if language is None and config.get("column_types"):
        said = "columns get these types, which dbt-glue leaves out unless enable_spark_seed_casting is on"
        if not seeds_were_cast:
            yield Finding(CHANGE, where, "column_types", said, "see that what reads it agrees")
    if language != "python":
        return
    table_format = format_of_node(node, credentials)
    for name in _NOT_OF_PYTHON:
        value = config.get(name)
        if (
            not value
            or (name == "on_schema_change" and value == "ignore")
            or (name == "table_properties" and table_format == ICEBERG)
            or (name == "persist_docs" and not _is_described(node))
        ):
            continue
        said = "dbt-glue does not carry it out for Python models; here it works"
        yield Finding(CHANGE, where, name, f"{said}: {value}", "see that it is meant")
    sizes = session_overrides(config, node.key)
    if sizes:
        said = f"dbt-glue runs Python models in a session of the profile; here it has its own: {', '.join(sorted(sizes))}"
        yield Finding(CHANGE, where, "meta", said, "see that it is meant")


def _is_described(node: Node) -> bool:
    return bool(node.description) or any(column.description for column in node.columns)
