"""What is recorded about members of frames and about columns named in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import Action, ColumnUse, MemberUse
from glue_compiler.flow.core.calls import argument_facts
from glue_compiler.flow.core.schemas import find, plain
from glue_compiler.flow.core.usage import comparison, use_of
from glue_compiler.flow.core.values import (
    ColumnName,
    ColumnValue,
    ConstValue,
    DictValue,
    FrameValue,
    GroupedValue,
    ObjectValue,
    SeriesValue,
    Value,
    items_of,
)
from glue_compiler.knowledge.frames import Api, Member, api, versions_of

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.text.source import Span

_CATCH_MISSING = ("AttributeError", "Exception")


def owner_of(value: Value) -> str:
    """The owner of a value's members in the API tables; empty when it has none."""
    if isinstance(value, FrameValue):
        return value.kind
    if isinstance(value, GroupedValue):
        return (
            f"{value.kind}.grouped_series"
            if value.selected and len(value.selected) == 1
            else f"{value.kind}.grouped"
        )
    if isinstance(value, SeriesValue):
        return f"{value.kind}.series" if value.sure else ""
    if isinstance(value, ColumnValue):
        return "spark.window_spec" if value.window else "spark.column"
    return value.owner if isinstance(value, ObjectValue) else ""


def api_of(it: Interpreter, owner: str) -> Api | None:
    """The API table of an owner in the version of the target."""
    library = owner.partition(".")[0]
    version = it.versions.get(library)
    if version is None or version not in versions_of(owner):
        return None
    return api(owner, version)


def member_of(it: Interpreter, value: Value, name: str) -> Member | None:
    """The member of a value's owner, None when there is none."""
    table = api_of(it, owner_of(value))
    return None if table is None else table.member(name)


def note_member(
    it: Interpreter,
    node: cst.Attribute,
    receiver: Value,
    call: Call | None = None,
    result: Value | None = None,
    is_column: bool = False,
    store: bool = False,
) -> None:
    """Record `receiver.member`."""
    recorder = it.recorder
    if not recorder.on:
        return
    owner = owner_of(receiver)
    if not owner or owner == "udf":
        return
    spans = it.spans
    frame = receiver if isinstance(receiver, FrameValue) else getattr(receiver, "frame", None)
    whole: cst.CSTNode = node if call is None else call.node
    recorder.add(
        "members",
        MemberUse(
            span=spans[node],
            name_span=spans[node.attr],
            receiver=spans[node.value],
            kind=owner.replace(".", "_"),
            member=node.attr.value,
            frame=recorder.frame(frame) if isinstance(frame, FrameValue) else None,
            worlds=(),
            called=call is not None,
            call=None if call is None else spans[call.node],
            args=() if call is None else argument_facts(it, call),
            use=use_of(it.parents, whole),
            result=recorder.frame(result) if isinstance(result, FrameValue) else None,
            store=store,
            in_loop=it.loop_depth > 0,
            function=it.function,
            is_column=is_column,
            attempted=member_of(it, receiver, node.attr.value) is None and attempted(it, node),
        ),
    )


def attempted(it: Interpreter, node: cst.CSTNode) -> bool:
    """Whether a `try` of the same function catches that an attribute does not exist."""
    current: cst.CSTNode | None = node
    while current is not None and type(current) is not cst.FunctionDef:
        parent = it.parents.get(current)
        if isinstance(parent, (cst.Try, cst.TryStar)) and parent.body is current:
            for handler in parent.handlers:
                text = "" if handler.type is None else it.tree.text(handler.type)
                if not text or any(name in text for name in _CATCH_MISSING):
                    return True
        current = parent
    return False


def note_action(it: Interpreter, call: Call, node: cst.Attribute, frame: FrameValue) -> None:
    """Record a call that makes the engine compute."""
    recorder = it.recorder
    if not recorder.on:
        return
    operator, operand, test = comparison(it, call.node)
    recorder.add(
        "actions",
        Action(
            span=it.spans[call.node],
            method=node.attr.value,
            frame=recorder.frame(frame),
            receiver=it.spans[node.value],
            use=use_of(it.parents, call.node),
            worlds=(),
            operator=operator,
            operand=operand,
            test=test,
            in_loop=it.loop_depth > 0,
            after_cache=frame.cached,
            function=it.function,
        ),
    )


def note_column(
    it: Interpreter,
    frame: FrameValue,
    name: str,
    span: Span,
    how: str,
    method: str | None = None,
    *,
    case_sensitive: bool = False,
    must_exist: bool = True,
) -> None:
    """Record that the text names a column of a frame."""
    if not it.recorder.on or not plain(name):
        return
    matches = find(frame.schema, name, case_sensitive=case_sensitive)
    it.recorder.add(
        "columns",
        ColumnUse(
            span=span,
            name=name,
            how=how,
            frame=it.recorder.frame(frame),
            worlds=(),
            method=method,
            case_sensitive=case_sensitive,
            must_exist=must_exist,
            ambiguous=len(matches) > 1 and frame.schema.exact,
        ),
    )


def note_columns_in(
    it: Interpreter,
    frame: FrameValue,
    value: Value,
    how: str,
    method: str,
    *,
    must_exist: bool = True,
) -> None:
    """Record the columns that an argument names: strings, columns, lists and dict keys of them."""
    if isinstance(value, ConstValue):
        if isinstance(value.value, str) and value.span is not None:
            note_column(it, frame, value.value, value.span, how, method, must_exist=must_exist)
    elif isinstance(value, ColumnValue):
        for read in value.reads:
            note_read(it, frame, read, method, must_exist=must_exist)
    elif isinstance(value, DictValue):
        for key, _ in value.items or ():
            note_columns_in(it, frame, key, how, method, must_exist=must_exist)
    else:
        for item in items_of(value) or ():
            note_columns_in(it, frame, item, how, method, must_exist=must_exist)


def note_read(
    it: Interpreter, frame: FrameValue, read: ColumnName, method: str, *, must_exist: bool = True
) -> None:
    """Record a column that an expression reads; one bound to a frame was recorded with it."""
    if read.frame is None:
        note_column(it, frame, read.name, read.span, read.how, method, must_exist=must_exist)
