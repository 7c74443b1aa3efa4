"""The flow analysis of the versions of a text: statements whose surroundings are as they were are not run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.functions import MOST_INLINED
from glue_compiler.flow.core.interpreter import MOST_STEPS, Interpreter
from glue_compiler.flow.core.record import Book, Demand, Noted, Recorder
from glue_compiler.flow.core.run import facts_of_runs
from glue_compiler.flow.core.state import Env
from glue_compiler.flow.core.values import Value
from glue_compiler.flow.run import LIBRARIES
from glue_compiler.incremental.sameness import Likeness, functions_in
from glue_compiler.names.worlds import WORLDS
from glue_compiler.tree.syntax import walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_compiler.facts.frames import FlowFacts
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.objects import ListValue
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.names.scopes import Scope
    from glue_compiler.names.worlds import Worlds

_NO_VALUE: Any = object()
Writes = dict[str, Value]


class LiveEnv(Env):
    """The environment of the module or of the model, which is the same object in all versions."""

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
        self.log: list[tuple[cst.CSTNode, Scope, bool | None]] = []

    def truth(self, node: cst.CSTNode, scope: Scope, world: World) -> bool | None:
        """See `Worlds.truth`."""
        found = self._worlds.truth(node, scope, world)
        self.log.append((node, scope, found))
        return found


class LoggingRecorder(Recorder):
    """A recorder that can tell what a statement had it note."""

    def __init__(self, book: Book) -> None:
        super().__init__(book)
        self.log: list[Noted] = []
        self.demand_log: list[Demand] = []

    def note(self, noted: Noted) -> None:
        self.log.append(noted)
        super().note(noted)

    def demand(self, demand: Demand) -> None:
        self.demand_log.append(demand)
        super().demand(demand)


@dataclass(slots=True)
class Memo:
    """What a statement read, and what it did.

    `names` are those whose values it may read, in each environment, with these values; `bodies` are
    functions with the versions of their bodies; `aliases` all names of the objects that it replaced.
    """

    names: tuple[str, ...]
    values: tuple[tuple[Value | None, ...], ...]
    unbound: tuple[tuple[str, tuple[bool, ...]], ...]
    bodies: tuple[tuple[cst.CSTNode, object], ...]
    tests: tuple[tuple[cst.CSTNode, Scope, bool | None], ...]
    aliases: tuple[tuple[Value, tuple[frozenset[str], ...]], ...]
    states: tuple[tuple[type, dict[Any, Any]], ...]
    inlined: int
    steps: int
    writes: tuple[Writes, ...]
    alive: bool
    returns: tuple[Value, ...]
    noted: dict[Noted, None]
    demands: list[Demand]
    states_after: tuple[tuple[type, dict[Any, Any]], ...]


class _Run(Interpreter):
    """One run over a version in one world, which replays what it remembers of statements."""

    worlds: LoggedWorlds  # type: ignore[assignment]

    def __init__(
        self,
        flow: LiveFlow,
        module: Module,
        recorder: LoggingRecorder,
        world: World,
    ) -> None:
        super().__init__(module, recorder, world, LIBRARIES)
        self.flow = flow
        self.recorder: LoggingRecorder = recorder
        self.worlds = LoggedWorlds(module.worlds)
        self.memos = flow.memos[world]
        self.used: dict[cst.CSTNode, Memo] = {}
        self.outer: list[LiveEnv] = []
        self.bodies: list[Sequence[Any]] = []
        self.untracked = False
        self.touched: dict[type, dict[Any, Any]] | None = None

    def outer_env(self, scope: Scope, parent: Env | None, values: Writes) -> Env:
        env = self.flow.environment(scope, parent, self.world)
        env.values = values
        expected = self.outer[-1] if self.outer else None
        if parent is not expected:
            self.untracked = True
        self.outer.append(env)
        body = scope.owner.body
        self.bodies.append(body if scope.kind == "module" else body.body)
        return env

    def library_state(self, cls: type[Any]) -> Any:
        state = super().library_state(cls)
        if self.touched is not None and cls not in self.touched:
            self.touched[cls] = dict(state)
        return state

    def block(self, body: Sequence[Any], env: Env) -> bool:
        if self.untracked or env is not self.outer[-1] or body is not self.bodies[-1]:
            return super().block(body, env)
        return all(self._remembered(statement) for statement in body)

    # -- memory ------------------------------------------------------------------------------

    def _remembered(self, node: Any) -> bool:
        memo = self.memos.get(node)
        if memo is not None and not self.untracked and self._holds(memo):
            self.used[node] = memo
            return self._replayed(memo)
        if self.untracked:
            return self.statement(node, self.outer[-1])
        return self._run(node, memo or self.memos.get(self.flow.replaced.get(node, node)))

    def _holds(self, memo: Memo) -> bool:
        """Whether everything that a statement read is as it was."""
        for env, values in zip(self.outer, memo.values, strict=True):
            if tuple(map(env.values.get, memo.names)) != values:
                return False
        if memo.unbound and any(self._bound(name) != bound for name, bound in memo.unbound):
            return False
        versions = self.flow.versions
        if any(versions.get(node) is not version for node, version in memo.bodies):
            return False
        if self.inlined + memo.inlined > MOST_INLINED or self.steps + memo.steps > MOST_STEPS:
            return False
        truth = self.worlds.truth
        if any(truth(node, scope, self.world) is not known for node, scope, known in memo.tests):
            return False
        for value, names in memo.aliases:
            if self._names_of(value) != names:
                return False
        return all(self._state(cls) == known for cls, known in memo.states)

    def _state(self, cls: type) -> dict[Any, Any]:
        state = self.library_state(cls)
        return dict(state)

    def _bound(self, name: str) -> tuple[bool, ...]:
        return tuple([name in env.scope.sites for env in self.outer])

    def _names_of(self, value: Value) -> tuple[frozenset[str], ...]:
        return tuple(
            [
                frozenset([name for name, held in env.values.items() if held is value])
                for env in self.outer
            ]
        )

    def _replayed(self, memo: Memo) -> bool:
        self.inlined += memo.inlined
        self.steps += memo.steps
        for env, writes in zip(self.outer, memo.writes, strict=True):
            for name, value in writes.items():
                if value is _NO_VALUE:
                    env.values.pop(name, None)
                else:
                    env.values[name] = value
        for cls, state in memo.states_after:
            own = self.library_state(cls)
            own.clear()
            own.update(state)
        recorder = self.recorder
        recorder.noted[self.world].update(memo.noted)
        recorder.demands[self.world] += memo.demands
        self.activation.returns += memo.returns
        return memo.alive

    def _run(self, node: Any, old: Memo | None) -> bool:
        names, bodies = self._reads(node)
        before = [dict(env.values) for env in self.outer]
        values = tuple([tuple(map(env.values.get, names)) for env in self.outer])
        inlined, steps, returned = self.inlined, self.steps, len(self.activation.returns)
        self.touched = {}
        self.worlds.log.clear()
        self.recorder.log, self.recorder.demand_log = [], []
        for env in self.outer:
            env.replaced.clear()
        alive = self.statement(node, self.outer[-1])
        touched, self.touched = self.touched, None
        writes = tuple(
            [_changes(one, env.values) for one, env in zip(before, self.outer, strict=True)]
        )
        written = [value for one in writes for value in one.values() if value is not _NO_VALUE]
        written += [value for cls in touched for value in self.library_state(cls).values()]
        known = {id(env) for env in self.outer}
        if any(id(function.env) not in known for function in functions_in(written)):
            # A function that sees variables of a call: others may change them.
            self.untracked = True
            return alive
        if self.inlined > MOST_INLINED:
            return alive
        aliases = []
        for env in self.outer:
            for value in env.replaced:
                held = tuple(
                    [frozenset([n for n, v in one.items() if v is value]) for one in before]
                )
                if any(held):
                    aliases.append((value, held))
        if old is not None and not touched and not old.states and self._alike(old, writes, values):
            writes = old.writes
            for env, one in zip(self.outer, writes, strict=True):
                env.values.update({n: v for n, v in one.items() if v is not _NO_VALUE})
        self.used[node] = Memo(
            names=names,
            values=values,
            unbound=tuple(
                [
                    (name, self._bound(name))
                    for at, name in enumerate(names)
                    if all(one[at] is None for one in values)
                ]
            ),
            bodies=bodies,
            tests=tuple(dict.fromkeys(self.worlds.log)),
            aliases=tuple(aliases),
            states=tuple(touched.items()),
            inlined=self.inlined - inlined,
            steps=self.steps - steps,
            writes=writes,
            alive=alive,
            returns=tuple(self.activation.returns[returned:]),
            noted=dict.fromkeys(self.recorder.log),
            demands=self.recorder.demand_log,
            states_after=tuple([(cls, dict(self.library_state(cls))) for cls in touched]),
        )
        return alive

    def _alike(
        self,
        old: Memo,
        writes: tuple[Writes, ...],
        values: tuple[tuple[Value | None, ...], ...],
    ) -> bool:
        """Whether a statement did what it did before, so that what follows need not be run again."""
        if len(old.writes) != len(writes):
            return False
        likeness = Likeness(value for one in values for value in one)
        for before, now in zip(old.writes, writes, strict=True):
            if list(before) != list(now):
                return False
            for name, value in now.items():
                if value is _NO_VALUE or before[name] is _NO_VALUE:
                    if value is not before[name]:
                        return False
                elif not likeness.alike(value, before[name]):
                    return False
        return True

    def _reads(
        self, node: cst.CSTNode
    ) -> tuple[tuple[str, ...], tuple[tuple[cst.CSTNode, object], ...]]:
        """The names whose values a statement may read, and the functions whose bodies it may run."""
        flow = self.flow
        names: dict[str, None] = {}
        bodies: dict[cst.CSTNode, object] = {}
        waiting = [flow.mentioned(node)]
        while waiting:
            for name in waiting.pop():
                if name in names:
                    continue
                names[name] = None
                held = [env.values.get(name) for env in self.outer]
                for function in functions_in(held):
                    inner = function.node
                    if inner not in bodies:
                        bodies[inner] = flow.versions.get(inner)
                        waiting.append(flow.mentioned(inner))
        own = node if type(node) is cst.FunctionDef else None
        if own is not None and own.decorators and own not in bodies:
            bodies[own] = flow.versions.get(own)
        return tuple(names), tuple(bodies.items())


def _changes(before: Writes, after: Writes) -> Writes:
    """The names whose values are others, and those that have none any more."""
    found = {
        name: value for name, value in after.items() if before.get(name, _NO_VALUE) is not value
    }
    if len(after) < len(before) + len(found):
        for name in before:
            if name not in after:
                found[name] = _NO_VALUE
    return found


class LiveFlow:
    """What is remembered of the flow through the versions of a text.

    `versions` are objects that stand for the bodies of functions as they are, `replaced` the statements of
    the version before in whose places others are now.
    """

    def __init__(self) -> None:
        self.memos: dict[World, dict[cst.CSTNode, Memo]] = {world: {} for world in WORLDS}
        self.versions: Mapping[cst.CSTNode, object] = {}
        self.replaced: Mapping[cst.CSTNode, cst.CSTNode] = {}
        self._book = Book()
        self._environments: dict[tuple[World, Scope, Env | None], LiveEnv] = {}
        self._mentioned: dict[cst.CSTNode, tuple[object, tuple[str, ...]]] = {}

    def facts(
        self,
        module: Module,
        model: cst.FunctionDef,
        versions: Mapping[cst.CSTNode, object],
        replaced: Mapping[cst.CSTNode, cst.CSTNode],
        *,
        two_worlds: bool,
    ) -> FlowFacts:
        """The facts about frames of a version; see `interpreted`."""
        self.versions, self.replaced = versions, replaced
        recorder = LoggingRecorder(self._book)

        def run(_recorder: Recorder, world: World) -> None:
            one = _Run(self, module, recorder, world)
            try:
                one.run(model)
            finally:
                self.memos[world] = one.used

        found = facts_of_runs(run, recorder, module, LIBRARIES, two_worlds=two_worlds)
        if not two_worlds:
            self.memos[WORLDS[1]] = {}
        return found

    def environment(self, scope: Scope, parent: Env | None, world: World) -> LiveEnv:
        """The environment of the module or the model, the same one in every version."""
        key = (world, scope, parent)
        known = self._environments.get(key)
        if known is None:
            known = self._environments[key] = LiveEnv(scope, parent)
        return known

    def mentioned(self, node: cst.CSTNode) -> tuple[str, ...]:
        """All names below a node."""
        version = self.versions.get(node)
        known = self._mentioned.get(node)
        if known is not None and known[0] is version:
            return known[1]
        names = tuple(dict.fromkeys([item.value for item in walk(node) if type(item) is cst.Name]))
        self._mentioned[node] = version, names
        return names
