"""The arguments of a call, evaluated once, and what is told about them in facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.facts.frames import FrameArgument
from glue_compiler.flow.core.values import UNKNOWN, ConstValue, FrameValue, Value, items_of
from glue_compiler.text.constants import Constant
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env


@dataclass(slots=True)
class CallArgument:
    """One argument: its value, its keyword, and the expression it stands in."""

    value: Value
    node: cst.BaseExpression
    name: str | None = None
    from_star: bool = False


@dataclass(slots=True)
class Call:
    """A call with its arguments. `open`: there are stars whose items are not known."""

    node: cst.Call
    args: list[CallArgument] = field(default_factory=list)
    open: bool = False

    def get(self, position: int | None, *names: str) -> CallArgument | None:
        """The argument at a position or under one of the names."""
        if position is not None:
            index = 0
            for arg in self.args:
                if arg.name is None:
                    if index == position:
                        return arg
                    index += 1
        return next((arg for arg in self.args if arg.name is not None and arg.name in names), None)

    def value(self, position: int | None, *names: str) -> Value:
        """The value of an argument; Unknown when it is not given or not known."""
        arg = self.get(position, *names)
        return UNKNOWN if arg is None else arg.value

    def const(self, position: int | None, *names: str) -> object:
        """The constant of an argument, None when there is none."""
        value = self.value(position, *names)
        return value.value if isinstance(value, ConstValue) else None

    @property
    def positional(self) -> list[CallArgument]:
        """The arguments without keyword."""
        return [arg for arg in self.args if arg.name is None]


def evaluate_arguments(it: Interpreter, node: cst.Call, env: Env) -> Call:
    """The call with its arguments evaluated from left to right."""
    call = Call(node)
    for arg in node.args:
        value = it.evaluate(arg.value, env)
        if arg.star == "*":
            items = items_of(value)
            if items is None:
                call.open = True
                it.escape(value, "star_argument")
            else:
                call.args += [CallArgument(item, arg.value, from_star=True) for item in items]
        elif arg.star == "**":
            call.open = True
            it.escape(value, "star_argument")
        else:
            name = None if arg.keyword is None else arg.keyword.value
            call.args.append(CallArgument(value, arg.value, name))
    return call


def argument_facts(it: Interpreter, call: Call) -> tuple[FrameArgument, ...]:
    """The arguments as facts, in the order of the text."""
    spans = it.spans
    found = []
    values = {id(arg.node): arg.value for arg in call.args if not arg.from_star}
    for arg in call.node.args:
        value_span = spans[arg.value]
        start = value_span.start if arg.keyword is None else spans[arg.keyword].start
        value = values.get(id(arg.value))
        literal = None
        if isinstance(value, ConstValue) and isinstance(
            value.value, (str, int, float, bool, type(None))
        ):
            literal = Constant.of(value.value).text
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
            )
        )
    return tuple(found)
