"""Cells of rows as JSON holds them without loss; the other side decodes them by the schema."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = frozenset(
    {
        *("string", "boolean", "void", "null"),
        *("byte", "short", "integer", "long", "tinyint", "smallint", "int", "bigint"),
    }
)


def row_encoder(schema: Any, time_zone: str) -> Callable[[Any], list[Any]]:
    """A function from a Row of `schema` to a list of JSON values."""
    encoders = [_encoder(field.dataType, time_zone) for field in schema.fields]

    def encode(row: Any) -> list[Any]:
        return [
            None if value is None else encoder(value)
            for encoder, value in zip(encoders, row)  # noqa: B905 - a Row has its schema's length
        ]

    return encode


def _as_it_is(value: Any) -> Any:
    return value


def _finite_or_name(value: float) -> Any:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _encoder(data_type: Any, time_zone: str) -> Callable[[Any], Any]:
    kind = data_type.typeName()
    if kind in _PLAIN:
        return _as_it_is
    if kind in ("float", "double"):
        return _finite_or_name
    if kind == "binary":
        return lambda value: base64.b64encode(bytes(value)).decode("ascii")
    if kind == "timestamp":
        return _timestamp_encoder(time_zone)
    if kind == "array":
        element = _or_none(_encoder(data_type.elementType, time_zone))
        return lambda value: [element(item) for item in value]
    if kind == "map":
        key = _or_none(_encoder(data_type.keyType, time_zone))
        item = _or_none(_encoder(data_type.valueType, time_zone))
        return lambda value: [[key(k), item(v)] for k, v in value.items()]
    if kind == "struct":
        return row_encoder(data_type, time_zone)
    return _text


def _or_none(encoder: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else encoder(value)


def _text(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def _timestamp_encoder(time_zone: str) -> Callable[[datetime], str]:
    """pyspark hands timestamps out in the process's time zone; SQL shows them in the session's."""
    try:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(time_zone)
    except (ImportError, KeyError, ValueError, OSError):
        return lambda value: value.isoformat()
    return lambda value: value.astimezone(zone).replace(tzinfo=None).isoformat()
