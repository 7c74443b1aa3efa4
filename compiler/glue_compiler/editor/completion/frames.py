"""What can be written at a place that belongs to a frame: its columns and its members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.editor.completion.place import Item, Kind, Place
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_compiler.facts.schemas import Column
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.cursor import Bracket

_COLUMN_ROLES = frozenset(
    {
        *("column", "name", "expression", "predicate", "sql", "expression_text", "keys"),
        *("assignments", "renames", "by_column", "right_column"),
    }
)
_JOINS = (
    *("inner", "left", "right", "full", "cross", "semi", "anti"),
    *("left_outer", "right_outer", "full_outer", "left_semi", "left_anti"),
)


def columns_of(place: Place, expression: Span) -> Iterator[Item]:
    """The columns of the frame that an expression is."""
    found = place.probe(expression)
    if found is not None:
        schemas = place.schemas(found.facts)
        yield from column_items(schemas.columns(found.frames), schemas)


def column_items(columns: Iterable[Column], schemas: FrameSchemas) -> Iterator[Item]:
    """Columns of the frames of some schemas as things to write."""
    for column in columns:
        origin = "" if column.relation is None else f"from {column.relation.key.partition(':')[2]}"
        detail = ", ".join(part for part in (column.type, origin) if part)
        declared = schemas.declared(column)
        topic = ("text", declared.description) if declared and declared.description else ()
        yield Item(column.name, "column", column.name, detail, topic)


def frame_text(place: Place, index: int) -> Iterator[Item]:
    """A string in a call: columns of the frame whose method it is an argument of, if it can be one."""
    brackets = place.cursor.brackets
    inner = brackets[index]
    functions = _functions_in_use(place)
    for depth in range(index, -1, -1):
        bracket = brackets[depth]
        if bracket.callee is None or bracket.opening != "(":
            continue
        callee = place.text(bracket.callee)
        head, _, name = callee.rpartition(".")
        if head in functions or (not head and name in functions):
            if depth == index and not _takes_columns(name, bracket, place):
                return
            continue
        if not head:
            return
        receiver = _before_last_dot(place, bracket.callee)
        found = place.probe(receiver) if receiver is not None else None
        if found is None or not found.kinds:
            continue
        role = _role(found.kinds[0], name, bracket, place)
        if (
            name == "join"
            and depth == index
            and (bracket.keyword == "how" or bracket.argument == 2)
        ):
            for value in _JOINS:
                yield Item(value, "value", value, "join type")
            return
        if depth == index and role is not None and role not in _COLUMN_ROLES:
            return
        schemas = place.schemas(found.facts)
        yield from column_items(schemas.columns(found.frames), schemas)
        return
    if place.text(inner.callee).rpartition(".")[0] in functions and inner.argument == 0:
        yield from _visible_columns(place)


def _visible_columns(place: Place) -> Iterator[Item]:
    """The columns of all frames of the model, for `F.col("` on a line of its own."""
    if place.good is None or not _functions_in_use(place):
        return
    frames = dict.fromkeys(binding.frame for binding in place.good.flow.bindings)
    schemas = place.schemas(place.good)
    yield from column_items(schemas.columns(tuple(frames)), schemas)


def _before_last_dot(place: Place, callee: Span) -> Span | None:
    text = place.source.slice(callee)
    dot = text.rfind(".")
    return Span(callee.start, callee.start + dot) if dot > 0 else None


def _functions_in_use(place: Place) -> frozenset[str]:
    """The names under which this text has pyspark.sql.functions, or functions of it."""
    text = place.source.text
    found = set()
    for match in _FUNCTIONS.finditer(text):
        if match["names"] is None:
            found.add(match["alias"] or match["alias2"] or "functions")
        else:
            for name in re.split(r"[\s,()]+", match["names"]):
                found.add(name)
    return frozenset(found - {""})


_FUNCTIONS = re.compile(
    r"from\s+pyspark\.sql\.functions\s+import\s+(?P<names>\([^)]*\)|[^\r\n#]+)"
    r"|from\s+pyspark\.sql\s+import\s+[^\r\n#]*?\bfunctions(?:\s+as\s+(?P<alias>\w+))?"
    r"|import\s+pyspark\.sql\.functions\s+as\s+(?P<alias2>\w+)"
)


def _role(kind: str, name: str, bracket: Bracket, place: Place) -> str | None:
    """What an argument is to a method; None when the method is not known."""
    from glue_compiler.knowledge.frames import frame_api, owner_of_kind

    member = frame_api(owner_of_kind(kind), place.settings.glue_version).member(name)
    if member is None:
        return None
    if bracket.keyword is not None:
        return member.role_of(keyword=bracket.keyword)
    return member.role_of(position=bracket.argument)


def _takes_columns(name: str, bracket: Bracket, place: Place) -> bool:
    """Whether an argument of a function of pyspark.sql.functions names a column."""
    from glue_compiler.knowledge.frames import frame_api

    member = frame_api("spark.functions", place.settings.glue_version).member(name)
    if member is None or name in ("col", "column", "expr"):
        return True
    for index, parameter in enumerate(member.parameters):
        if parameter.name == bracket.keyword or (
            bracket.keyword is None and (index == bracket.argument or parameter.kind == "args")
        ):
            return "ColumnOrName" in (parameter.annotation or "")
    return False


def frame_members(place: Place, receiver: Span) -> Iterator[Item]:
    """The members of what stands before a dot; the columns of a frame first."""
    from glue_compiler.knowledge.frames import frame_api, owner_of_kind

    found = place.probe(receiver)
    if found is None:
        return
    frames_only = bool(found.kinds) and all(
        kind in ("spark", "pandas", "pandas_on_spark") for kind in found.kinds
    )
    if frames_only:
        schemas = place.schemas(found.facts)
        for item in column_items(schemas.columns(found.frames), schemas):
            if item.label.isidentifier():
                yield item
    for owner in dict.fromkeys(owner_of_kind(kind) for kind in found.kinds):
        table = frame_api(owner, place.settings.glue_version)
        for row in table.members():
            kind: Kind = "method" if row.callable else "property"
            yield Item(row.name, kind, row.name, row.signature, ("member", owner, row.name))
