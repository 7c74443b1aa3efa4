"""What is remembered of a statement that was run: what it read, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.flow.core.record import Recorder
from glue_compiler.flow.core.state import Env

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.objects import ListValue
    from glue_compiler.flow.core.record import Book, Demand, Noted
    from glue_compiler.flow.core.values import FrameValue, Value
    from glue_compiler.names.scopes import Scope
    from glue_compiler.names.worlds import Worlds

NO_VALUE: Any = object()
"""In place of the value of a name that has none any more."""

Writes = dict[str, "Value"]


@dataclass(slots=True)
class Memo:
    """What a statement read, and what it did.

    Of each environment around it, from the module's inwards, there are the `values` of the `names` that it
    may read, what it wrote, and which names were those of an object that it replaced (`aliases`). `unbound`
    are the names without a value, with whether they are bound in each scope at all; `bodies` the functions
    that it may run, with what stood for their bodies; `states` what it found in the libraries' states.
    """

    names: tuple[str, ...]
    read: frozenset[str]
    values: tuple[tuple[Value | None, ...], ...]
    unbound: tuple[tuple[str, ...], tuple[tuple[bool, ...], ...]]
    bodies: dict[cst.CSTNode, object]
    tests: dict[cst.CSTNode, tuple[Scope, bool | None]]
    aliases: list[tuple[Value, tuple[frozenset[str], ...]]]
    states: dict[type, dict[Any, Any]]
    inlined: int
    steps: int
    writes: tuple[Writes, ...]
    removes: bool
    alive: bool
    returns: list[Value]
    noted: dict[Noted, None]
    demands: list[Demand]
    states_after: dict[type, dict[Any, Any]]


def changes(before: Writes, after: Writes) -> Writes:
    """The names whose values are others, and those that have none any more."""
    found = {
        name: value for name, value in after.items() if before.get(name, NO_VALUE) is not value
    }
    if before.keys() - after.keys():
        found.update(dict.fromkeys(before.keys() - after.keys(), NO_VALUE))
    return found


class LiveEnv(Env):
    """The environment of the module or of the model, which is the same object in all versions.

    `replaced` are the objects that were replaced in it.
    """

    __slots__ = ("replaced",)

    def __init__(self, scope: Scope, parent: Env | None) -> None:
        super().__init__(scope, parent)
        self.replaced: list[Value] = []

    def replace(self, old: FrameValue | ListValue, new: Value) -> None:
        self.replaced.append(old)
        super().replace(old, new)


class LoggedWorlds:
    """Answers about tests, and which were asked for."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self.log: dict[cst.CSTNode, tuple[Scope, bool | None]] = {}

    def truth(self, node: cst.CSTNode, scope: Scope, world: World) -> bool | None:
        """See `Worlds.truth`."""
        found = self._worlds.truth(node, scope, world)
        self.log[node] = scope, found
        return found


class LoggingRecorder(Recorder):
    """A recorder that can tell what a statement had it note."""

    def __init__(self, book: Book) -> None:
        super().__init__(book)
        self.log: dict[Noted, None] = {}
        self.demand_log: list[Demand] = []

    def note(self, noted: Noted) -> None:
        self.log[noted] = None
        super().note(noted)

    def demand(self, demand: Demand) -> None:
        self.demand_log.append(demand)
        super().demand(demand)
