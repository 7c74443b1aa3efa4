"""Variables and the functions that see them: one environment per running function.

It is copied at branches and joined after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.flow.core.values import UNKNOWN, FrameValue, Value, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst
    from typing_extensions import Self

    from glue_compiler.flow.core.objects import ListValue
    from glue_compiler.names.scopes import Scope


class Env:
    """The variables of one scope; `parent` is the environment of the scope around it."""

    __slots__ = ("parent", "scope", "values")

    def __init__(
        self, scope: Scope, parent: Env | None, values: dict[str, Value] | None = None
    ) -> None:
        self.scope = scope
        self.parent = parent
        self.values: dict[str, Value] = {} if values is None else values

    def get(self, name: str) -> Value | None:
        """The value of a name, looked up outwards as Python does; None when it has none here."""
        env: Env | None = self
        first = True
        while env is not None:
            visible = first or env.scope.kind != "class"
            elsewhere = env.scope.outer.get(name) == "global" and env.parent is not None
            if visible and not elsewhere and name in env.values:
                return env.values[name]
            first = False
            env = env.parent
        return None

    def set(self, name: str, value: Value) -> None:
        """Bind a name here, or where `global` and `nonlocal` say (there it becomes Unknown)."""
        declared = self.scope.outer.get(name)
        if declared is None:
            self.values[name] = value
            return
        env = self.parent
        while env is not None:
            if name in env.values or name in env.scope.sites or env.parent is None:
                env.values[name] = UNKNOWN
            env = env.parent

    def replace(self, old: FrameValue | ListValue, new: Value) -> None:
        """A frame or list was changed in place: all its names, here and outside, see it."""
        for name, value in self.values.items():
            if value is old:
                self.values[name] = new
        if self.parent is not None:
            self.parent.replace(old, new)


@dataclass(slots=True, eq=False)
class FunctionValue(Value):
    """A function of this file with the variables around it."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope
    env: Env

    def joined_with(self, other: Self) -> Value:
        return self if self.node is other.node else UNKNOWN

    def word(self) -> str:
        return "function"


def join_values(states: Sequence[dict[str, Value] | None]) -> dict[str, Value] | None:
    """The variables after paths meet; a path that does not come here is None."""
    live = [state for state in states if state is not None]
    if not live:
        return None
    if len(live) == 1:
        return live[0]
    result = dict(live[0])
    for state in live[1:]:
        for name, value in state.items():
            result[name] = joined(result[name], value) if name in result else value
    return result
