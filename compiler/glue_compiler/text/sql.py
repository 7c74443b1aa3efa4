"""Expressions of Spark SQL, read by sqlglot: the columns that a text names and where, and what it gives.

A text that the parser does not read, or that has something in it whose meaning is not certain here, is
not read at all. sqlglot takes longer to import than most models take to check: it is imported at the
first text.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from glue_compiler.importing import IMPORTS

_LONGEST = 20_000
_SELECT = "SELECT "

# What SQL also calls without parentheses, and what only grouping gives.
NO_COLUMN = re.compile(
    r"(?:current|session)_\w+|user|localtime|localtimestamp|grouping__id", re.IGNORECASE
)
UNITS = frozenset(
    {
        *("year", "quarter", "month", "week", "day", "dayofyear", "hour", "minute", "second"),
        *("millisecond", "microsecond", "nanosecond"),
    }
)
_SIMPLE_TYPES = frozenset(
    {
        *("boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string", "date"),
        *("timestamp", "binary"),
    }
)
_NAME = r"[A-Za-z_]\w*"
_VALUE = r"(?:-?\d+(?:\.\d+)?|'[^'\\]*')(?![\w.'])"
_ATOM = rf"({_NAME})\s*(?:(?:==?|!=|<>|[<>]=?)\s*{_VALUE}|\s+is\s+(?:not\s+)?null\b)"
_EASY_NAME = re.compile(rf"\s*({_NAME})\s*", re.ASCII)
_EASY_ATOM = re.compile(_ATOM, re.ASCII | re.IGNORECASE)
_EASY_CONDITION = re.compile(
    rf"\s*{_ATOM}(?:\s+(?:and|or)\s+{_ATOM})*\s*", re.ASCII | re.IGNORECASE
)
_WORDS = frozenset(
    {
        *("true", "false", "null", "not", "and", "or", "is", "case", "when", "then", "else", "end"),
        *("interval", "distinct", "all", "exists", "in", "between", "like", "from", "select", "as"),
    }
)
_INT = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class SqlName:
    """A column that a text names, without a qualifier; `start` and `end` are where its letters stand."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SqlExpression:
    """What one expression reads and gives.

    `reads` are the columns that it names by their name alone. `names` are those of the columns it
    gives, empty where Spark makes the name; `star` tells that it is all columns, `plain` that it is a
    column under its own or another name, `type` is Spark's simple string.
    """

    reads: tuple[SqlName, ...]
    names: tuple[str, ...] = ()
    star: bool = False
    plain: SqlName | None = None
    type: str | None = None


@lru_cache(maxsize=1)
def _sqlglot() -> Any:
    with IMPORTS:
        import sqlglot
        import sqlglot.expressions

        # It tells on the console of what it does not read, which is nothing wrong here.
        logging.getLogger("sqlglot").addHandler(logging.NullHandler())
        logging.getLogger("sqlglot").propagate = False
        return sqlglot


def expressions() -> Any:
    """sqlglot's classes of expressions."""
    return _sqlglot().expressions


def parsed(text: str) -> Any:
    """sqlglot's tree of a statement; None where the parser does not read it."""
    sqlglot = _sqlglot()
    try:
        found = sqlglot.Dialect.get_or_raise("spark").parse(text)
    except Exception:  # noqa: BLE001 - whatever a parser raises, the text is one that is not understood
        return None
    return found[0] if len(found) == 1 else None


def spark_tokens(text: str) -> Any:
    """sqlglot's tokens of a text that it parses."""
    return _sqlglot().Dialect.get_or_raise("spark").tokenize(text)


@lru_cache(maxsize=4096)
def read_expression(text: str) -> SqlExpression | None:
    """What an argument of `selectExpr`, `expr` or `filter` reads and gives; None where that is not certain."""
    if len(text) > _LONGEST or "\0" in text or not text.strip():
        return None
    return easy_expression(text) or parsed_expression(text)


def parsed_expression(text: str) -> SqlExpression | None:
    """What sqlglot's tree of an expression says that it reads and gives."""
    select = parsed(_SELECT + text)
    exp = expressions()
    if type(select) is not exp.Select or len(select.expressions) != 1:
        return None
    if any(value for key, value in select.args.items() if key != "expressions"):
        return None
    item = select.expressions[0]
    reads = _reads(item, text)
    return None if reads is None else _given(item, reads)


def easy_expression(text: str) -> SqlExpression | None:
    """What `a`, `*` and conditions such as `a > 1 and b is null` read and give, for which no parser has to be imported."""
    if text.strip() == "*":
        return SqlExpression((), star=True)
    alone = _EASY_NAME.fullmatch(text)
    if alone is not None:
        names = [alone]
    elif _EASY_CONDITION.fullmatch(text) is not None:
        names = list(_EASY_ATOM.finditer(text))
    else:
        return None
    if any(each[1].lower() in _WORDS or NO_COLUMN.fullmatch(each[1]) for each in names):
        return None
    reads = tuple(SqlName(each[1], each.start(1), each.end(1)) for each in names)
    if alone is None:
        return SqlExpression(reads)
    return SqlExpression(reads, (reads[0].name,), False, reads[0])


def _reads(item: Any, text: str) -> tuple[SqlName, ...] | None:
    """The columns that are named by their name alone, in the order of the text."""
    exp = expressions()
    if is_unclear(item) or item.find(exp.Query):
        return None
    found = []
    variables: set[str] = set()
    for node in item.walk():
        if isinstance(node, exp.Aliases) and isinstance(node.this, exp.Column):
            return None  # `cube(a)`: a function whose name the parser keeps for something else
        if isinstance(node, exp.Lambda):
            variables.update(each.name.lower() for each in node.expressions)
        elif isinstance(node, exp.Column):
            if isinstance(node.this, exp.Star) or node.table:
                continue
            name = placed(node.this, text, len(_SELECT))
            if name is None:
                return None
            in_function = isinstance(node.parent, exp.Func) and name.name.lower() in UNITS
            if not in_function and not NO_COLUMN.fullmatch(name.name):
                found.append(name)
    kept = [name for name in found if name.name.lower() not in variables]
    return tuple(sorted(kept, key=lambda name: name.start))


def is_unclear(tree: Any) -> bool:
    """Whether a tree has something in it whose meaning is not certain here."""
    exp = expressions()
    return (
        tree.find(exp.Placeholder, exp.Parameter, exp.Command, exp.JSONExtract, exp.Hint)
        is not None
    )


def placed(identifier: Any, text: str, shift: int = 0) -> SqlName | None:
    """A name with its place in a text that is parsed `shift` later; None where the text has something else there."""
    name = identifier.name
    first, last = identifier.meta.get("start"), identifier.meta.get("end")
    if first is None or last is None or not name:
        return None
    start, end = first - shift, last + 1 - shift
    if text[start : start + 1] == "`":
        start, end = start + 1, end - 1
    return SqlName(name, start, end) if text[start:end] == name else None


def _given(item: Any, reads: tuple[SqlName, ...]) -> SqlExpression:
    exp = expressions()
    if isinstance(item, exp.Star):
        # `* except (a)` gives less.
        return SqlExpression(reads, star=not any(item.args.values()))
    if isinstance(item, exp.Aliases):
        return SqlExpression(reads, tuple(each.name for each in item.expressions))
    named = isinstance(item, exp.Alias)
    inner = item.this if named else item
    plain = None
    if isinstance(inner, exp.Column) and not inner.table and len(reads) == 1:
        plain = reads[0]
    names: tuple[str, ...] = ()
    if named:
        names = (item.alias,)
    elif plain is not None:
        names = (plain.name,)
    elif isinstance(inner, exp.Column) and inner.table and isinstance(inner.this, exp.Identifier):
        names = (inner.name,)
    return SqlExpression(reads, names, False, plain, type_of(inner) if named else None)


def type_of(node: Any) -> str | None:
    """The type of a literal or of what is cast."""
    exp = expressions()
    if isinstance(node, exp.Literal):
        if node.is_string:
            return "string"
        return "int" if node.name.isdecimal() and int(node.name) in _INT else None
    if isinstance(node, (exp.Cast, exp.TryCast)) and isinstance(node.to, exp.DataType):
        word = node.to.sql("spark").lower()
        return word if word in _SIMPLE_TYPES else None
    return None
