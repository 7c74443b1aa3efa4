"""Names as Hive writes and checks them: of partitions (`day=2026-01-02/n=5`), tables and columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from glue_endpoint.metastore.hive import HIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_endpoint.metastore.hive import Struct

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""The value of a partition whose key is null."""

_ESCAPED = re.compile("[\x01-\x1f\"#%'*/:=?\\\\\x7f{\\[\\]^]")
_TABLE_NAME = re.compile(r"[A-Za-z0-9_/]+")
_FIRST_WORD = re.compile(r"[A-Za-z0-9_.]+|[^A-Za-z0-9_.]+")
_TYPES = frozenset(
    [
        "void",
        "boolean",
        "tinyint",
        "smallint",
        "int",
        "bigint",
        "float",
        "double",
        "string",
        "varchar",
        "char",
        "date",
        "datetime",
        "timestamp",
        "decimal",
        "binary",
        "interval_year_month",
        "interval_day_time",
        "array",
        "map",
        "struct",
        "uniontype",
        "unknown",
        "list",
        "set",
    ]
)
_OF_DESERIALIZER = "<derived from deserializer>"


def partition_name(keys: Sequence[Struct], values: Sequence[str]) -> str:
    """A partition's name, which is also its folder below the table's."""
    if len(keys) != len(values):
        raise HIVE.MetaException(
            message=f"Invalid partition key & values; keys {[key.name for key in keys]}, values {list(values)}"
        )
    return "/".join(
        f"{_escaped(key.name.lower())}={_escaped(value)}"
        for key, value in zip(keys, values, strict=True)
    )


def _escaped(text: str) -> str:
    if not text:
        return DEFAULT_PARTITION
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", text)


def partition_values(name: str) -> list[str]:
    """The values in a partition's name. Raises MetaException if it is none."""
    parts = [part.partition("=") for part in name.split("/")] if name else []
    if not all(key and mark for key, mark, _ in parts):
        raise HIVE.MetaException(message=f"Partition name is invalid. {name}")
    return [unquote(value) for _, _, value in parts]


def refuse_unfit(table: Struct) -> None:
    """Raises InvalidObjectException for a table's or column's name or type that Hive would not store."""
    if not _TABLE_NAME.fullmatch(table.tableName or ""):
        raise HIVE.InvalidObjectException(message=f"{table.tableName} is not a valid object name")
    for kind, fields in (("column", table.sd.cols), ("partition column", table.partitionKeys)):
        unfit = _unfit_type(fields or ())
        if unfit is not None:
            raise HIVE.InvalidObjectException(message=f"Invalid {kind} type: {unfit}")


def _unfit_type(fields: Iterable[Struct]) -> str | None:
    """The first type that does not begin with a word of Hive's; it looks no further itself."""
    for field in fields:
        kind = field.type or ""
        first = _FIRST_WORD.match(kind)
        if kind != _OF_DESERIALIZER and (first is None or first[0] not in _TYPES):
            return kind
    return None
