"""Which partitions a merge has to rewrite: decided from descriptions and values, without touching anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import columns_of, format_of
from dbt.adapters.glue.literals import string_literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.incremental import IncrementalPlan, PlanColumn

__all__ = [
    "LIMIT",
    "Layout",
    "Values",
    "condition_on",
    "partition_columns",
    "reason_by_columns",
    "reason_by_table",
    "stored_values",
]

Values = tuple[str, ...]

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The partition of NULL, and of the empty string: Spark stores both so (ExternalCatalogUtils)."""

SELF_DESCRIBING = ("parquet", "orc")
"""Formats whose files name their columns: a partition stays readable when another gets more columns."""

INTEGERS = ("tinyint", "smallint", "int", "bigint")
LIMIT = 1000
"""Touched partitions that one statement names; a merge that touches more rewrites the whole table."""

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_BUCKETS = "spark.sql.sources.schema.numBuckets"
_BUCKET_COLUMNS = "spark.sql.sources.schema.numBucketCols"
_BUCKET_COLUMN = "spark.sql.sources.schema.bucketCol."


@dataclass(frozen=True)
class Layout:
    """How the model's configs want the table stored."""

    file_format: str
    partition_by: Sequence[str]
    clustered_by: Sequence[str]
    buckets: int | None


def partition_columns(table: Mapping[str, Any]) -> list[GlueColumn]:
    """The columns that a table is partitioned by, in order, with Spark's types."""
    by_name = {column.name.lower(): column for column in columns_of(table)}
    return [by_name[key["Name"].lower()] for key in table.get("PartitionKeys") or ()]


def reason_by_table(
    table: Mapping[str, Any], partitions: Iterable[Values], wanted: Layout
) -> str | None:
    """Why single partitions of the table cannot be rewritten; None where they can."""
    keys = partition_columns(table)
    if [key.name.lower() for key in keys] != [name.lower() for name in wanted.partition_by]:
        return f"it is partitioned by {_listed(k.name for k in keys)}, the model by {_listed(wanted.partition_by) or 'nothing'}"
    stored = format_of(table)
    if stored != wanted.file_format:
        return f"it is stored as {stored}, the model says {wanted.file_format}"
    if stored not in SELF_DESCRIBING:
        return f"only {' and '.join(SELF_DESCRIBING)} files name their columns, and it is stored as {stored}"
    if _buckets_of(table) != _wanted_buckets(wanted):
        return "its buckets are not those of the model"
    for position, key in enumerate(keys):
        if key.dtype.lower() not in ("string", "date", "boolean", *INTEGERS):
            return f"it is partitioned by a {key.dtype} ({key.name}), of which one value may be written in two ways"
        for values in partitions:
            if not _is_canonical(values[position], key.dtype.lower()):
                return f"its partition {key.name}={values[position]} is not written as Spark writes a {key.dtype}"
    return None


def reason_by_columns(
    plan: IncrementalPlan, target: Sequence[GlueColumn], source: Sequence[GlueColumn]
) -> str | None:
    """Why new rows with columns `source` need all of the table rewritten; None where they do not."""
    types = {column.name.lower(): column.dtype for column in target}
    for column in source:
        was = types.get(column.name.lower())
        if was is not None and not _holds(was.lower(), column.dtype.lower()):
            return f"column {column.name} is {column.dtype} in the new rows, and {was} in the table"
    kept = {column.name.lower() for column in plan.columns}
    gone = [name for name in types if name not in kept]
    return f"columns go ({_listed(gone)}), and every partition has them" if gone else None


def stored_values(row: Iterable[str | None]) -> Values:
    """The values of a partition as the catalog has them, from Spark's text of its columns."""
    return tuple(value or NO_VALUE for value in row)


def condition_on(columns: Sequence[PlanColumn], touched: Collection[Values]) -> str:
    """SQL that is true for rows of those partitions, and by which Spark reads no others.

    Compared as text, by an expression that Spark evaluates itself: a plain comparison it would hand to the
    catalog, whose expressions are limited to 2,048 characters and have no way to write every text.
    https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
    """
    if not touched:
        return "false"
    if len(columns) == 1:
        (column,) = columns
        literals = [string_literal(v) for (v,) in sorted(touched) if v != NO_VALUE]
        parts = [f"{_text(column)} in ({', '.join(literals)})"] if literals else []
        if (NO_VALUE,) in touched:
            parts.append(f"{column.quoted} is null")
        return f"({' or '.join(parts)})"
    alternatives = [
        " and ".join(
            f"{c.quoted} is null" if v == NO_VALUE else f"{_text(c)} = {string_literal(v)}"
            for c, v in zip(columns, values, strict=True)
        )
        for values in sorted(touched)
    ]
    return f"({' or '.join(f'({alternative})' for alternative in alternatives)})"


def _text(column: PlanColumn) -> str:
    return f"concat(cast({column.quoted} as string), '')"


def _holds(wide: str, narrow: str) -> bool:
    """Whether Spark gives rows of both types together the first one: files of the table then stay right."""
    if wide == narrow:
        return True
    for family in (INTEGERS, ("float", "double")):
        if wide in family and narrow in family:
            return family.index(narrow) < family.index(wide)
    decimals = [_DECIMAL.fullmatch(text) for text in (wide, narrow)]
    if not all(decimals):
        return False
    (digits, scale), (less_digits, less_scale) = ((int(m[1]), int(m[2])) for m in decimals if m)
    return less_scale <= scale and less_digits - less_scale <= digits - scale


def _is_canonical(value: str, data_type: str) -> bool:
    """Whether Spark writes this value of a partition so: else it is not found by its text."""
    if value == NO_VALUE or data_type == "string":
        return True
    if data_type == "boolean":
        return value in ("true", "false")
    try:
        return (
            date.fromisoformat(value).isoformat() if data_type == "date" else str(int(value))
        ) == value
    except ValueError:
        return False


def _buckets_of(table: Mapping[str, Any]) -> tuple[int, list[str]]:
    parameters = table.get("Parameters") or {}
    columns = range(int(parameters.get(_BUCKET_COLUMNS, 0)))
    names = [parameters[f"{_BUCKET_COLUMN}{index}"].lower() for index in columns]
    return int(parameters.get(_BUCKETS, 0)), names


def _wanted_buckets(wanted: Layout) -> tuple[int, list[str]]:
    if not wanted.clustered_by or not wanted.buckets:
        return 0, []
    return int(wanted.buckets), [name.lower() for name in wanted.clustered_by]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
