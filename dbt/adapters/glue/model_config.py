"""The configs of a model as the macros need them: checked, listed, quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbt.adapters.protocol import AdapterConfig
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_compiler.knowledge.tables import (
    DEFAULT_FORMAT,
    OPEN_FORMATS,
    TABLE_FORMATS,
)

from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.literals import quoted_name
from dbt.adapters.glue.replacement import join_location
from dbt.adapters.glue.session_meta import meta_location

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = [
    "GlueConfig",
    "check",
    "file_format",
    "kept_format",
    "names",
    "partition_fields",
    "properties",
    "retention",
    "table_root",
]


@dataclass
class GlueConfig(AdapterConfig):
    """Configs of a model that the adapter reads."""

    file_format: str | None = None
    partition_by: list[str] | str | None = None
    clustered_by: list[str] | str | None = None
    buckets: int | None = None
    options: dict[str, Any] | None = None
    table_properties: dict[str, Any] | None = None
    tblproperties: dict[str, Any] | None = None
    location_root: str | None = None
    custom_location: str | None = None
    location: str | None = None
    old_version_retention_in_minutes: float | None = None
    workers: int | None = None
    worker_type: str | None = None
    glue_version: str | None = None
    conf: str | None = None
    group_session_id: str | None = None
    incremental_predicates: list[str] | str | None = None
    merge_update_columns: list[str] | str | None = None
    merge_exclude_columns: list[str] | str | None = None
    hudi_options: dict[str, Any] | None = None
    timeout: float | None = None
    additional_libs: list[str] | None = None


def check(model: Mapping[str, Any]) -> None:
    """Raises CompilationError for configs that cannot work, before anything is sent."""
    config = model.get("config", {})
    retention(config)
    chosen = file_format(config.get("file_format"))
    partition_fields(config.get("partition_by"), chosen)
    if config.get("as_of") and model.get("language") == "sql":
        raise CompilationError(
            "the config `as_of` is for Python models; in SQL write ref('name').as_of('2026-11-01 00:00:00') or "
            "ref('name').as_of(version=7)"
        )
    if config.get("unfiltered") and model.get("language") == "sql":
        raise CompilationError(
            "the config `unfiltered` is for Python models; in SQL write ref('name').render()"
        )
    if config.get("sql_header") and model.get("language") == "python":
        raise CompilationError(
            "the config `sql_header` is for SQL models, whose statements it comes before; in Python, "
            "session.sql(...) runs a statement"
        )
    buckets = config.get("buckets")
    if buckets is not None and not names(config.get("clustered_by")):
        raise CompilationError("`buckets` needs `clustered_by`: the columns to make the buckets of")
    for name in ("matched_condition", "not_matched_condition"):
        if config.get(name) and chosen not in OPEN_FORMATS:
            raise CompilationError(
                f"`{name}` needs a format that has MERGE, such as {OPEN_FORMATS[0]}; this table is to be {chosen}"
            )
    known = open_format(chosen)
    if known is not None:
        known.check(config)
    if config.get("clustered_by") and buckets is None:
        raise CompilationError("`clustered_by` needs `buckets`: how many to make")


def file_format(value: str | None) -> str:
    """The format to store a table in. Raises CompilationError for one that cannot be written."""
    chosen = (value or DEFAULT_FORMAT).lower()
    if chosen not in TABLE_FORMATS:
        raise CompilationError(
            f"file_format {value!r} is not known; one of {', '.join(TABLE_FORMATS)}"
        )
    return chosen


def kept_format(
    value: str | None, existing: str | None, relation: str, default: str | None = None
) -> str:
    """The format of a node's table, which stands as `existing` (None: as none, or as a view).

    `value` is the node's own, `default` what it has else.

    Raises CompilationError where the model names no format and the table is in an open one: a change of
    format is asked for by name.
    """
    if not value and existing in OPEN_FORMATS and existing != (default or "").lower():
        raise CompilationError(
            f"{relation} is in the format {existing}, and the node names no file_format, which would make it "
            f"{default or DEFAULT_FORMAT}: write `file_format: {existing}` to keep it, or the format that it is "
            "to have"
        )
    return file_format(value or default)


def partition_fields(value: Any, table_format: str) -> list[str]:
    """The fields of PARTITIONED BY as Spark SQL, from names of columns and what the format has of transforms of them.

    Raises CompilationError for what is neither.
    """
    known = open_format(table_format)
    if known is not None:
        return [known.partition_field(entry) for entry in names(value)]
    return [_column(entry, table_format) for entry in names(value)]


_CALL = re.compile(r"\s*[A-Za-z]+\s*\([^()]*\)\s*")


def _column(entry: str, table_format: str) -> str:
    if _CALL.fullmatch(entry):
        raise CompilationError(
            f"partition_by: {entry!r} is a transform, which {table_format} tables do not have; name a column"
        )
    return quoted_name(entry)


def names(value: Any) -> list[str]:
    """Column names from a name, a list of names, or nothing. Raises CompilationError for other things."""
    if value is None:
        return []
    listed = [value] if isinstance(value, str) else list(value)
    wrong = [item for item in listed if not isinstance(item, str)]
    if wrong:
        raise CompilationError(f"{wrong[0]!r} is not the name of a column")
    return listed


def properties(*sources: Mapping[str, Any] | None) -> dict[str, str]:
    """Table properties from several configs; later ones win. Booleans as Spark writes them."""
    merged: dict[str, str] = {}
    for source in sources:
        for key, value in (source or {}).items():
            merged[str(key)] = str(value).lower() if isinstance(value, bool) else str(value)
    return merged


def retention(config: Mapping[str, Any]) -> float | None:
    """The minutes for which a replaced version of the node's table stays; None where the profile says it.

    Raises CompilationError for what is no number of minutes.
    """
    value = config.get("old_version_retention_in_minutes")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise CompilationError(
            f"old_version_retention_in_minutes: {value!r} is no number of minutes; 0 removes replaced data at once"
        )
    return float(value)


def table_root(
    credentials: GlueCredentials,
    relation: BaseRelation,
    config: Mapping[str, Any],
    database_location: Callable[[str], str | None],
) -> str:
    """The folder that holds the versions of a table's data.

    `custom_location`, or `location`, is that folder; `location_root` holds one for each table; else it is in the
    `location` of the node's meta or of the profile, or where the database says. Raises DbtRuntimeError where none
    of them does.
    """
    identifier = str(relation.identifier)
    own = config.get("custom_location") or config.get("location")
    if own:
        return str(own).rstrip("/")
    if config.get("location_root"):
        return join_location(str(config["location_root"]), identifier)
    schema = str(relation.schema)
    warehouse = meta_location(config) or credentials.warehouse
    if warehouse is not None:
        parts = [identifier] if credentials.root_location else [schema, identifier]
        return join_location(warehouse, *parts)
    database = database_location(schema)
    if database is None:
        raise DbtRuntimeError(
            f"nothing says where {relation} is to be stored: set `location` in the profile "
            "(such as s3://my-bucket/warehouse/), or a location on the Glue database"
        )
    return join_location(database, identifier)
