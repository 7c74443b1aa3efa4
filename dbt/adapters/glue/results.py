"""Results of SQL as Python values, and Spark's errors as people should read them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

__all__ = ["decode_rows", "describe_error"]

Decoder = Callable[[Any], Any]


def decode_rows(schema: Mapping[str, Any], rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Rows with date, datetime (without zone, in the session's), Decimal, bytes, float, list and dict cells.

    `schema` is Spark's JSON form of a StructType.
    """
    decoders = [_decoder(field["type"]) for field in schema["fields"]]
    return [
        tuple(
            None if cell is None else decode(cell)
            for decode, cell in zip(decoders, row, strict=True)
        )
        for row in rows
    ]


def _decoder(data_type: Any) -> Decoder:
    if isinstance(data_type, Mapping):
        return _nested_decoder(data_type)
    if data_type == "date":
        return date.fromisoformat
    if data_type in ("timestamp", "timestamp_ntz"):
        return datetime.fromisoformat
    if data_type.startswith("decimal"):
        return Decimal
    if data_type in ("double", "float"):
        return float
    if data_type == "binary":
        return base64.b64decode
    if data_type.startswith("interval"):
        return lambda cell: timedelta(seconds=cell) if isinstance(cell, (int, float)) else cell
    return lambda cell: cell


def _nested_decoder(data_type: Mapping[str, Any]) -> Decoder:
    kind = data_type["type"]
    if kind == "array":
        element = _nullable(_decoder(data_type["elementType"]))
        return lambda cell: [element(item) for item in cell]
    if kind == "map":
        key = _nullable(_decoder(data_type["keyType"]))
        value = _nullable(_decoder(data_type["valueType"]))
        return lambda cell: {key(k): value(v) for k, v in cell}
    if kind == "struct":
        names = [field["name"] for field in data_type["fields"]]
        decoders = [_nullable(_decoder(field["type"])) for field in data_type["fields"]]
        return lambda cell: {
            name: decode(item) for name, decode, item in zip(names, decoders, cell, strict=True)
        }
    return lambda cell: cell


def _nullable(decode: Decoder) -> Decoder:
    return lambda cell: None if cell is None else decode(cell)


# Errors

_PARSE_POSITION = re.compile(r"\(line (?P<line>\d+), pos (?P<pos>\d+)\)")
_ANALYSIS_POSITION = re.compile(r";?\s*line (?P<line>\d+),? pos (?P<pos>\d+);?")
_PLAN = re.compile(r"\n\s*['+:!]?\s*['A-Z]\w+.*", re.DOTALL)
_LOST_TASK = re.compile(
    r"Lost task .*?: (?P<cause>.*?)(?:\n\s+at |\n\nDriver stacktrace|\Z)", re.DOTALL
)
# Spark's Hive client asks for a table's place in its database, even of a table that names its own
# where Hive cannot read it (HiveExternalCatalog.createDataSourceTable).
_NO_PLACE = "Can not create a Path from an empty string"
_NO_PLACE_ADVICE = (
    ": the database has no location, which Spark needs for this kind of table. Give the Glue database one "
    "(LocationUri), or keep the table as file_format: parquet or orc, without timestamp_ntz"
)
_JAVA_CLASS = re.compile(r"^(?:[a-z][\w]*\.)+(?P<name>[A-Z]\w*(?:Exception|Error)): ")


def describe_error(error: Mapping[str, Any], sql: str) -> str:
    """One paragraph: Spark's message without its machinery, and the line of `sql` that it points at."""
    text = str(error.get("message") or error.get("type") or "unknown error").strip()
    lost = _LOST_TASK.search(text)
    if lost:
        text = _JAVA_CLASS.sub("", lost["cause"].strip())
    position = _PARSE_POSITION.search(text) or _ANALYSIS_POSITION.search(text)
    text = text.split("\n== SQL")[0]
    text = _PARSE_POSITION.sub("", text)
    cut = _ANALYSIS_POSITION.search(text)
    if cut:
        text = text[: cut.start()]
    text = _PLAN.sub("", text.rstrip().rstrip(";")).rstrip(" ;\n")
    kind = error.get("type") or ""
    if kind and kind not in ("FunctionRefused", "Py4JJavaError") and not text.startswith("["):
        text = f"{kind}: {text}"
    if _NO_PLACE in text:
        text += _NO_PLACE_ADVICE
    return text + (_pointed(sql, position) if position else "")


def _pointed(sql: str, position: re.Match[str]) -> str:
    number, column = int(position["line"]), int(position["pos"])
    lines = sql.splitlines()
    if not 0 < number <= len(lines):
        return ""
    line = lines[number - 1].replace("\t", " ")
    return (
        f"\n  line {number}: {line}\n  {' ' * (len(f'line {number}: ') + min(column, len(line)))}^"
    )
