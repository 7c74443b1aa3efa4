"""Frames that are read by a name in a text: tables, SQL, temporary views."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import OwnTableRead, TableRead, TempView
from glue_compiler.facts.schemas import Relation
from glue_compiler.flow.core.objects import ConstValue, DbtValue, TextValue, text_of
from glue_compiler.flow.core.values import OPEN, Value
from glue_compiler.flow.spark.sql_query import UNNAMED, query_schema
from glue_compiler.flow.spark.sql_text import note_query
from glue_compiler.flow.spark.values import SESSION, SparkFrame, relation_frame

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.text.source import Span

_THIS = Relation("this")
_COMMENT = re.compile(r"--[^\r\n]*|/\*.*?\*/", re.DOTALL)
_FROM = re.compile(
    r"\b(?:from|join)\s+((?:`[^`]+`|[\w\0])+(?:\.(?:`[^`]+`|[\w\0])+)*)(?!\s*\()", re.IGNORECASE
)
_CTE = re.compile(r"(?:\bwith|,)\s*(?:recursive\s+)?`?(\w+)`?\s+as\s*\(", re.IGNORECASE)
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_MAXIMUM = re.compile(
    r"\s*select\s+max\s*\([^()]*\)(?:\s+(?:as\s+)?`?\w+`?)?\s+from\s+\S+"
    r"(?:\s+where\b(?:(?!\b(?:group\s+by|having|union|intersect|except)\b).)*)?\s*;?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)


class _TempViews(dict[str, SparkFrame]):
    """The temporary views that the model has made, by their names in lower case."""


def read_table(it: Interpretation, call: Call, how: str) -> Value:
    """`session.table(name)` or `session.read.table(name)`."""
    span = it.spans[call.node]
    arg = call.get(0, "tableName")
    if arg is None:
        return SparkFrame(origin=span)
    value = arg.value
    if _is_this(value):
        _note_own_read(it, span)
        return relation_frame(_THIS, span)
    name = text_of(value)
    if name is not None:
        view = it.library_state(_TempViews).get(name.lower())
        if view is not None:
            return view
        it.recorder.add(
            "table_reads", TableRead(span, it.spans[arg.node], how, (), (name,), (name,))
        )
        return SparkFrame(relations=(Relation("table", (name,)),), origin=span)
    return SparkFrame(origin=span)


def _note_own_read(it: Interpretation, span: Span) -> None:
    it.recorder.add(
        "own_table_reads",
        OwnTableRead(span, (), it.function, guarded=it.guarded, tried=it.attempts > 0),
    )


def _is_this(value: Value) -> bool:
    if isinstance(value, DbtValue):
        return value.path == "this"
    return (
        isinstance(value, TextValue) and value.relations == (_THIS,) and value.prefix in ("", "\0")
    )


def read_sql(it: Interpretation, call: Call) -> Value:
    """`session.sql(text)`: the tables that it names; a maximum when it selects one."""
    span = it.spans[call.node]
    arg = call.get(0, "sqlQuery")
    text = ""
    relations: tuple[Relation, ...] = ()
    if arg is None:
        return SparkFrame(origin=span)
    note_query(it, call, arg)
    if isinstance(arg.value, ConstValue) and isinstance(arg.value.value, str):
        text = arg.value.value
    elif isinstance(arg.value, TextValue):
        text, relations = arg.value.prefix, arg.value.relations
    code = _COMMENT.sub(" ", text)
    known = it.library_state(_TempViews)
    if not _QUERY.match(code):
        _replace_views(known, code)
    named = {name.lower() for name in _CTE.findall(code)}
    if set(relations) == {_THIS} and "\0" in _FROM.findall(code) and _QUERY.match(code):
        _note_own_read(it, span)
    tables = tuple(
        dict.fromkeys(
            name.replace("`", "")
            for name in _FROM.findall(code)
            if "\0" not in name and name.lower().replace("`", "") not in named
        )
    )
    views = [known[name.lower()] for name in tables if name.lower() in known]
    outside = tuple(name for name in tables if name.lower() not in known)
    if outside:
        it.recorder.add(
            "table_reads",
            TableRead(
                span,
                it.spans[arg.node],
                "session.sql",
                (),
                (text,) if "\0" not in text else (),
                outside,
            ),
        )
    for view in views:
        it.escape(view, "sql")
        relations += view.relations
    relations += tuple(Relation("table", (name,)) for name in outside)
    schema = OPEN
    if len(call.args) == 1 and not call.open:
        schema = query_schema(
            it, arg.value, it.spans[arg.node], partial(_read_in_query, known, span)
        )
    return SparkFrame(
        schema,
        tuple(dict.fromkeys(relations)),
        span,
        projected=True,
        maximum=_MAXIMUM.match(code) is not None,
        top="unknown",
        mixed=True,
    )


def _read_in_query(views: _TempViews, span: Span, name: str) -> SparkFrame | None:
    """What a query at a place reads by a name; None where that is not known."""
    return relation_frame(_THIS, span) if name == UNNAMED else views.get(name.lower())


def _replace_views(views: _TempViews, code: str) -> None:
    """A statement that may make a view makes it another one; of one that is not known nobody can tell which."""
    for name, view in views.items():
        if not code or "\0" in code or ("view" in code.lower() and name in code.lower()):
            views[name] = view.with_schema(OPEN)


def lose_views(it: Interpretation, call: Call) -> None:
    """A call that is not followed may make views: with the session, or of a frame that is not known to be one."""
    func = call.node.func
    made = type(func) is cst.Attribute and "Temp" in func.attr.value
    if made or any(arg.value is SESSION for arg in call.args):
        _replace_views(it.library_state(_TempViews), "")


def temp_view(it: Interpretation, call: Call, method: str, frame: SparkFrame) -> None:
    """`frame.createOrReplaceTempView(name)`."""
    arg = call.get(0, "name", "viewName")
    name = None if arg is None else text_of(arg.value)
    it.escape(frame, "view")
    if name is None:
        _replace_views(it.library_state(_TempViews), "")
    else:
        if it.loop_depth or it.guarded or it.attempts:
            frame = frame.with_schema(OPEN)
        if "Global" in method:
            name = f"global_temp.{name}"
        it.library_state(_TempViews)[name.lower()] = frame
    if it.recorder.on:
        it.recorder.add(
            "temp_views",
            TempView(
                span=it.spans[call.node],
                method=method,
                frame=it.recorder.frame(frame),
                worlds=(),
                name=name,
                name_span=None if arg is None else it.spans[arg.node],
                loop=it.loop_span(call.node),
            ),
        )
