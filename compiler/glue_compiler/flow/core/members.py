"""What is recorded about members of frames and about columns named in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import Action, ColumnUse, FrameArgument, MemberUse
from glue_compiler.flow.core.objects import ConstValue, ListValue, ModuleValue
from glue_compiler.flow.core.schemas import find, one_name, plain
from glue_compiler.flow.core.usage import comparison, use_of
from glue_compiler.flow.core.values import NONE, FrameValue, NothingFrom
from glue_compiler.knowledge.frames import Api, Member, api, versions_of
from glue_compiler.knowledge.signatures import Given, is_class, misfit, nameless
from glue_compiler.text.constants import Constant
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_CATCH_MISSING = ("AttributeError", "Exception")


def api_of(it: Interpretation, owner: str) -> Api | None:
    """The API table of an owner in the version of the target."""
    library = owner.partition(".")[0]
    version = it.versions.get(library)
    if version is None or version not in versions_of(owner):
        return None
    return api(owner, version)


def member_of(it: Interpretation, value: Value, name: str) -> Member | None:
    """The member of a value's owner, None when there is none."""
    table = api_of(it, value.api_owner())
    return None if table is None else table.member(name)


def note_member(
    it: Interpretation,
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
    owner = receiver.api_owner()
    if not owner:
        return
    spans = it.spans
    frame = receiver.subject()
    whole: cst.CSTNode = node if call is None else call.node
    recorder.add(
        "members",
        MemberUse(
            span=spans[node],
            name_span=spans[node.attr],
            receiver=spans[node.value],
            kind=owner.replace(".", "_"),
            member=node.attr.value,
            frame=None if frame is None else recorder.frame(frame),
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
            tried=it.attempts > 0,
        ),
    )


def attempted(it: Interpretation, node: cst.CSTNode) -> bool:
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


def nothing_from(it: Interpretation, call: Call) -> NothingFrom:
    """The value of a call that gives None and nothing else."""
    return NothingFrom(it.tree.text(call.node.func), it.spans[call.node])


def note_action(it: Interpretation, call: Call, node: cst.Attribute, frame: FrameValue) -> None:
    """Record a call that makes the engine compute."""
    recorder = it.recorder
    if not recorder.on:
        return
    operator, operand, test = comparison(it.scopes, call.node)
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
    it: Interpretation,
    frame: FrameValue,
    name: str,
    span: Span,
    how: str,
    method: str | None = None,
    *,
    case_sensitive: bool = False,
    must_exist: bool = True,
    qualifier: str | None = None,
    beside: FrameValue | None = None,
) -> None:
    """Record that the text names a column of a frame; `qualifier` and `beside` are those of ColumnUse."""
    if not it.recorder.on:
        return
    if not (one_name(name) if frame.kind == "spark" else plain(name)):
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
            qualifier=qualifier,
            beside=None if beside is None else it.recorder.frame(beside),
        ),
    )


def kind_of(value: Value) -> str:
    """The word for a value as an argument. None may be what a test asks for, so nothing is known of it."""
    if isinstance(value, FrameValue):
        return f"{value.kind} frame"
    if isinstance(value, ModuleValue) and is_class(value.name):
        return "class"
    if isinstance(value, ListValue) and any(
        isinstance(v, FrameValue) and v.kind == "spark" for v in value.held
    ):
        return f"{value.form} of spark frames"
    return "unknown" if value is NONE else value.word()


def note_refused(it: Interpretation, call: Call, member: Member) -> bool:
    """Record a call of a function of a library that does not take its arguments, and tell whether it is one."""
    if call.open or any(arg.from_star for arg in call.args):
        return False
    given = [Given(arg.name, kind_of(arg.value), _literal(arg.value)) for arg in call.args]
    refused = misfit(member, given, it.versions.get(member.owner.partition(".")[0], "")) is not None
    if not refused and nameless(member, given) is None:
        return False
    if not it.recorder.on:
        return refused
    func = call.node.func
    span = it.spans[func.attr if type(func) is cst.Attribute else func]
    it.recorder.add(
        "members",
        MemberUse(
            span=it.spans[func],
            name_span=span,
            receiver=it.spans[func.value] if type(func) is cst.Attribute else span,
            kind=member.owner.replace(".", "_"),
            member=member.name,
            frame=None,
            worlds=(),
            called=True,
            call=it.spans[call.node],
            args=argument_facts(it, call),
            function=it.function,
            tried=it.attempts > 0,
        ),
    )
    return refused


def argument_facts(it: Interpretation, call: Call) -> tuple[FrameArgument, ...]:
    """The arguments as facts, in the order of the text."""
    spans = it.spans
    found = []
    values = {id(arg.node): arg.value for arg in call.args if not arg.from_star}
    for arg in call.node.args:
        value_span = spans[arg.value]
        start = value_span.start if arg.keyword is None else spans[arg.keyword].start
        value = values.get(id(arg.value))
        literal = None if value is None else _literal(value)
        found.append(
            FrameArgument(
                span=Span(start, value_span.end),
                value_span=value_span,
                name=None if arg.keyword is None else arg.keyword.value,
                star=arg.star,
                literal=literal,
                frame=it.recorder.frame(value)
                if isinstance(value, FrameValue) and it.recorder.on
                else None,
                kind="unknown" if value is None else kind_of(value),
            )
        )
    return tuple(found)


def _literal(value: Value) -> str | None:
    """The text of a constant."""
    if not isinstance(value, ConstValue):
        return None
    plain = isinstance(value.value, (str, int, float, bool, type(None)))
    return Constant.of(value.value).text if plain else None
