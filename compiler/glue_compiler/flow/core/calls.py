"""A call with its arguments, each evaluated once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.flow.core.objects import ConstValue
from glue_compiler.flow.core.values import UNKNOWN, Value

if TYPE_CHECKING:
    import libcst as cst


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
