"""Spark's types as texts, and the columns that a schema argument gives."""

from __future__ import annotations

import re

from glue_compiler.facts.frames import Column, Schema
from glue_compiler.flow.core.objects import items_of, text_of
from glue_compiler.flow.core.values import OPEN, Value
from glue_compiler.flow.spark.values import SparkObject

_DDL_FIELD = re.compile(r"\s*`?(\w+)`?\s*:?\s+(.+?)\s*\Z", re.DOTALL)


def schema_of(value: Value) -> Schema | None:
    """The columns that a schema argument gives: DDL, StructType, list of names."""
    text = text_of(value)
    if text is not None:
        return from_ddl(text)
    if isinstance(value, SparkObject) and value.owner == "schema":
        return OPEN if value.columns is None else Schema(value.columns)
    items = items_of(value)
    if items is not None:
        names = [text_of(item) for item in items]
        known = [name for name in names if name is not None]
        if known and len(known) == len(names):
            return Schema(tuple(Column(name) for name in known))
    return None


def from_ddl(text: str) -> Schema:
    """The columns of a DDL string such as `a int, b struct<c: string>`; open when not understood."""
    columns = []
    for part in _split_top(text):
        match = _DDL_FIELD.match(part)
        if match is None:
            return OPEN
        kind = re.sub(r"\s+not\s+null|\s+comment\s+'.*", "", match[2], flags=re.IGNORECASE)
        columns.append(Column(match[1], spark_type(kind)))
    return Schema(tuple(columns)) if columns else OPEN


def _split_top(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "<(":
            depth += 1
        elif char in ">)":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


_TYPE_NAMES = {
    "integer": "int",
    "long": "bigint",
    "short": "smallint",
    "byte": "tinyint",
    "float": "float",
    "real": "float",
    "bool": "boolean",
    "str": "string",
    "dec": "decimal(10,0)",
    "decimal": "decimal(10,0)",
    "numeric": "decimal(10,0)",
}


def spark_type(text: str) -> str:
    """A type's simple string as Spark prints it (`long` is `bigint`)."""
    simple = re.sub(r"\s+", "", text.strip().lower())
    return _TYPE_NAMES.get(simple, simple)


TYPE_CLASSES = {
    "StringType": "string",
    "IntegerType": "int",
    "LongType": "bigint",
    "ShortType": "smallint",
    "ByteType": "tinyint",
    "DoubleType": "double",
    "FloatType": "float",
    "BooleanType": "boolean",
    "DateType": "date",
    "TimestampType": "timestamp",
    "TimestampNTZType": "timestamp_ntz",
    "BinaryType": "binary",
    "NullType": "void",
}
