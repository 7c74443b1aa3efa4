"""Texts, names and types as Spark SQL takes any: the one place where data becomes a part of a statement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbt_common.exceptions import DbtRuntimeError

__all__ = ["in_sql", "quoted_name", "string_literal", "type_name"]

_REFERENCE = re.compile(r"\$\{(?:\w+?:)?\S+?\}")
"""What Spark replaces by a setting or a variable of the environment, in names and literals as well."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIMPLE_TYPE = re.compile(
    r"(?:interval(?:\s+\w+(?:\s+to\s+\w+)?)?|timestamp\s+with(?:out)?\s+(?:local\s+)?time\s+zone|double\s+precision"
    r"|string\s+collate\s+\w+|[A-Za-z_]\w*)(?:\s*\(\s*-?\d+(?:\s*,\s*-?\d+)?\s*\))?",
    re.IGNORECASE | re.ASCII,
)
_QUOTED = re.compile(r"\s*`((?:[^`]|``)+)`\s*:?")
_RAW = re.compile(r"\s*([^:,<>()`]+?)\s*:")
_WORD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s+")
_ENDING = re.compile(
    r"(?:\s+not\s+null)?(?:\s+comment\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_SHORT = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}


def string_literal(value: Any) -> str:
    """A Spark SQL literal of any text (https://spark.apache.org/docs/latest/sql-ref-literals.html)."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    text = text.replace("\n", "\\n").replace("\r", "\\r")
    # Spark would put settings in, and variables of the environment: it does before it reads the literal.
    return "'" + text.replace("${", "$\\{") + "'"


def quoted_name(name: str) -> str:
    """A name in Spark SQL's backticks. Raises DbtRuntimeError for one in which Spark would put something else."""
    if _REFERENCE.search(name):
        raise DbtRuntimeError(
            f"the name {name!r} is not one that SQL can have: Spark puts a setting in the place of ${{...}}, in "
            "names too. Next: give the column or table another name (`as` in the query that reads it)"
        )
    return "`" + name.replace("`", "``") + "`"


def type_name(data_type: Any) -> str:
    """The SQL name of a Spark type in its JSON form, such as `array<struct<a:int>>`; unusual names in it are quoted."""
    if isinstance(data_type, str):
        return _SHORT.get(data_type, data_type)
    kind = data_type["type"]
    if kind == "array":
        return f"array<{type_name(data_type['elementType'])}>"
    if kind == "map":
        return f"map<{type_name(data_type['keyType'])},{type_name(data_type['valueType'])}>"
    if kind == "struct":
        inner = (f"{_field(f['name'])}:{type_name(f['type'])}" for f in data_type["fields"])
        return f"struct<{','.join(inner)}>"
    # A user-defined type is stored as another one.
    stored = data_type.get("sqlType", "string") if isinstance(data_type, Mapping) else "string"
    return type_name(stored)


def in_sql(data_type: str) -> str:
    """A type as the catalog, Spark or a person writes it, with every name in it quoted where it has to be.

    Raises ValueError for a text that is no type: nothing of it may come into a statement.
    """
    text, place = data_type.strip(), 0
    found, place = _type_at(text, place)
    if place != len(text):
        raise ValueError(f"{data_type!r} is no type of Spark's")
    return found


def _field(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quoted_name(name)


def _type_at(text: str, place: int) -> tuple[str, int]:
    """The type that begins at a place, as SQL, and where it ends."""
    for kind, number in (("array", 1), ("map", 2)):
        opened = re.compile(rf"\s*{kind}\s*<", re.IGNORECASE).match(text, place)
        if opened:
            parts, place = [], opened.end()
            for index in range(number):
                part, place = _type_at(text, place)
                parts.append(part)
                place = _past(text, place, ">" if index == number - 1 else ",")
            return f"{kind}<{','.join(parts)}>", place
    opened = re.compile(r"\s*struct\s*<", re.IGNORECASE).match(text, place)
    if opened:
        return _struct_at(text, opened.end())
    simple = _SIMPLE_TYPE.match(text, _spaces(text, place))
    if simple is None:
        raise ValueError(f"{text!r} is no type of Spark's")
    return simple[0], simple.end()


def _struct_at(text: str, place: int) -> tuple[str, int]:
    fields: list[str] = []
    while text[_spaces(text, place) : _spaces(text, place) + 1] != ">":
        if fields:
            place = _past(text, place, ",")
        name = _QUOTED.match(text, place) or _RAW.match(text, place) or _WORD.match(text, place)
        if name is None:
            raise ValueError(f"{text!r} is no type of Spark's")
        quoted = text[name.start() : name.end()].lstrip().startswith("`")
        kind, place = _type_at(text, name.end())
        ending = _ENDING.match(text, place)
        place = ending.end() if ending else place
        fields.append(f"{_field(name[1].replace('``', '`') if quoted else name[1])}:{kind}")
    return f"struct<{','.join(fields)}>", _past(text, place, ">")


def _spaces(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _past(text: str, place: int, mark: str) -> int:
    place = _spaces(text, place)
    if text[place : place + 1] != mark:
        raise ValueError(f"{text!r} is no type of Spark's")
    return place + 1
