"""Apache Hudi: tables with a record key, in Spark's own catalog, which the session's runtime writes by Hudi's operations.

Sources: AWS Glue's guide ("Using the Hudi framework in AWS Glue"), Hudi's on its SQL and its configurations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.tables import MICROBATCH

from dbt.adapters.glue.formats.hudi_timeline import last_change
from dbt.adapters.glue.formats.open_format import OpenFormat
from dbt.adapters.glue.literals import string_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.table_files import TableFiles

__all__ = ["Hudi", "HudiShape", "hudi_shape", "table_properties", "write_settings"]

_TYPE = "hoodie.datasource.write.table.type"
_PRECOMBINE = "hoodie.datasource.write.precombine.field"
_TYPES = {
    "cow": "COPY_ON_WRITE",
    "mor": "MERGE_ON_READ",
    "copy_on_write": "COPY_ON_WRITE",
    "merge_on_read": "MERGE_ON_READ",
}
_SHORT = {"type": _TYPE, "preCombineField": _PRECOMBINE, "primaryKey": "primaryKey"}
"""Hudi's words for table properties, which dbt-spark's users have in `options` or `table_properties`."""

_SAID_OTHERWISE = {
    "hoodie.table.name": "the model's name or `alias`",
    "hoodie.database.name": "`schema`",
    "hoodie.datasource.write.operation": "`incremental_strategy`: append is Hudi's insert, merge its upsert",
    "hoodie.spark.sql.insert.into.operation": "`incremental_strategy`",
    "hoodie.datasource.overwrite.mode": "`incremental_strategy`",
    "hoodie.datasource.write.recordkey.field": "`unique_key`",
    "hoodie.datasource.write.partitionpath.field": "`partition_by`",
    "hoodie.datasource.write.row.writer.enable": "nothing: its keys of timestamps are not those of an upsert",
}
"""What `hudi_options` cannot say, and what says it instead."""


class HudiShape(NamedTuple):
    """What a Hudi table has from its start: its record key, its partitions, its type and the field that orders rows.

    `type` is Hudi's word, None where the configs say nothing (copy-on-write); `precombine` None where rows
    count in the order of their commits.
    """

    keys: tuple[str, ...]
    partitions: tuple[str, ...]
    type: str | None
    precombine: str | None


class Hudi(OpenFormat):
    name = "hudi"
    title = "Apache Hudi"
    provider = "hudi"
    extension = "org.apache.spark.sql.hudi.HoodieSparkSessionExtension"
    creates_or_replaces = False
    written_by_runtime = True
    comments_are_commits = False
    keeps_name = (
        "a Hudi table has its name in its own files, by which Hudi finds it in the Data Catalog; build it under the "
        "other name"
    )

    def conf(self, credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        return {"spark.serializer": "org.apache.spark.serializer.KryoSerializer"}

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        hudi_shape(config, (), ())
        for name in ("incremental_predicates", "predicates"):
            if config.get(name):
                raise CompilationError(
                    f"`{name}` is not there for hudi: Hudi finds the rows of a key by its index, and has one row of each. "
                    "Say which of them are updated by `matched_condition`"
                )
        if config.get("incremental_strategy") == MICROBATCH and not config.get("partition_by"):
            raise CompilationError(
                "incremental_strategy 'microbatch' of a hudi table needs `partition_by`: columns of which each batch has "
                "its own values; a batch replaces those partitions in one commit"
            )

    def preparations(
        self,
        relation: str,
        dropped: Sequence[str],
        widened: Sequence[str],
        properties: Callable[[], Mapping[str, str]],  # noqa: ARG002 - the signature is that of all formats
    ) -> Sequence[str]:
        for done, columns in (("dropped", dropped), ("changed in its type", widened)):
            if columns:
                raise CompilationError(
                    f"{relation}: {', '.join(columns)} cannot be {done}: a hudi table gets columns "
                    "(on_schema_change: append_new_columns) and changes no other way; run with --full-refresh"
                )
        return ()

    def moment(self, timestamp: object, version: int | str | None) -> str:
        if timestamp is None:
            raise CompilationError(
                f"as_of(version={version!r}): Hudi numbers its commits by their time; as_of('2026-11-01 00:00:00'), or a "
                "commit's own, as_of('20261101000000000')"
            )
        return f"timestamp as of {string_literal(timestamp)}"

    def last_change(
        self,
        location: str,
        parameters: Mapping[str, str],  # noqa: ARG002 - all is in the timeline
        files: TableFiles,
    ) -> datetime | None:
        """That of the newest instant that wrote or removed rows: no compaction, clustering or change of columns, no commit of no rows."""
        return last_change(location, files)


def hudi_shape(
    config: Mapping[str, Any], keys: Sequence[str], partitions: Sequence[str]
) -> HudiShape:
    """The shape that configs ask for. Raises CompilationError for what they cannot say."""
    options = _options(config)
    keys = [key for key in keys if key]
    kind = options.get(_TYPE)
    if kind is not None and str(kind).lower() not in _TYPES:
        raise CompilationError(
            f"hudi_options: {_TYPE} is COPY_ON_WRITE or MERGE_ON_READ, not {kind!r}"
        )
    primary = [name.strip() for name in str(options.get("primaryKey") or "").split(",") if name]
    if primary and keys and [k.lower() for k in keys] != [p.lower() for p in primary]:
        raise CompilationError(
            f"unique_key is {', '.join(keys)} and primaryKey {', '.join(primary)}: in a hudi table they are one"
        )
    precombine = options.get(_PRECOMBINE)
    return HudiShape(
        tuple(dict.fromkeys(keys or primary)),
        tuple(partitions),
        None if kind is None else _TYPES[str(kind).lower()],
        None if precombine is None else str(precombine),
    )


def write_settings(config: Mapping[str, Any]) -> dict[str, str]:
    """Hudi's settings for the time of a write: those of `hudi_options`, and what keeps a key's rows together.

    As in dbt-glue, a key is one row's in the whole table, not in each partition.
    """
    return {
        "hoodie.index.type": "GLOBAL_BLOOM",
        "hoodie.bloom.index.update.partition.path": "true",
        "hoodie.simple.index.update.partition.path": "true",
        "hoodie.merge.allow.duplicate.on.inserts": "true",
        **_texts(config),
        # The rows of an upsert have one of each key: Hudi need not look for more, for which 0.15 wants a field.
        "hoodie.combine.before.upsert": "false",
        # Its keys and partitions of timestamps are other texts than those of an upsert.
        "hoodie.datasource.write.row.writer.enable": "false",
    }


def table_properties(shape: HudiShape) -> dict[str, str]:
    """The properties by which CREATE TABLE makes a table of a shape. Partitions may have any text as their value."""
    properties = {
        "type": "mor" if shape.type == _TYPES["mor"] else "cow",
        "hoodie.datasource.write.partitionpath.urlencode": "true",
    }
    if shape.keys:
        properties["primaryKey"] = ",".join(shape.keys)
    if shape.precombine:
        properties["preCombineField"] = shape.precombine
    return properties


def _options(config: Mapping[str, Any]) -> dict[str, Any]:
    """What `hudi_options` and `options` say, and the table's properties in Hudi's short words, under Hudi's names."""
    found: dict[str, Any] = {}
    for source in ("table_properties", "tblproperties"):
        given = config.get(source) or {}
        found.update({_SHORT[name]: value for name, value in given.items() if name in _SHORT})
    for source in ("options", "hudi_options"):
        given = config.get(source) or {}
        if not isinstance(given, dict):
            raise CompilationError(f"{source} is a mapping of Hudi's options, not {given!r}")
        for name, value in given.items():
            if name in _SAID_OTHERWISE:
                raise CompilationError(f"{source}: {name} is said by {_SAID_OTHERWISE[name]}")
            if name not in _SHORT and not str(name).startswith("hoodie."):
                raise CompilationError(
                    f"{source}: {name!r} is none of Hudi's options, which begin with `hoodie.`"
                )
            found[_SHORT.get(str(name), str(name))] = value
    return found


def _texts(config: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in _options(config).items()
        if name not in (_TYPE, "primaryKey")
    }
