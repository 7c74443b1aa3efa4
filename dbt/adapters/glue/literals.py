"""Texts and names as Spark SQL takes any."""

from __future__ import annotations

from typing import Any

__all__ = ["quoted_name", "string_literal"]


def string_literal(value: Any) -> str:
    """A Spark SQL literal of any text (https://spark.apache.org/docs/latest/sql-ref-literals.html)."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return "'" + text.replace("\n", "\\n").replace("\r", "\\r") + "'"


def quoted_name(name: str) -> str:
    """A name in Spark SQL's backticks."""
    return "`" + name.replace("`", "``") + "`"
