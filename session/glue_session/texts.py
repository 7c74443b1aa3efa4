"""Texts as Spark's SQL takes any."""

from __future__ import annotations


def sql_text(value: str) -> str:
    """A SQL string literal in Spark's dialect."""
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + text.replace("\n", "\\n").replace("\r", "\\r") + "'"
