"""Texts and names as Spark's SQL takes any: the one place where data becomes a part of a statement."""

from __future__ import annotations


def sql_text(value: str) -> str:
    """A SQL string literal in Spark's dialect."""
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    text = text.replace("\n", "\\n").replace("\r", "\\r")
    # Spark would put settings in, and variables of the environment: it does before it reads the literal.
    return "'" + text.replace("${", "$\\{") + "'"


def quote_name(name: str) -> str:
    """A column's name as Spark's expressions take any."""
    return "`" + name.replace("`", "``") + "`"
