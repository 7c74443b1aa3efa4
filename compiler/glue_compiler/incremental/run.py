"""One run over a version of a text in one world, which replays what it remembers of statements."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.functions import MOST_INLINED
from glue_compiler.flow.core.interpreter import MOST_STEPS, Interpreter
from glue_compiler.flow.run import LIBRARIES
from glue_compiler.incremental.ends import common_ends
from glue_compiler.incremental.flow_memory import LastRun
from glue_compiler.incremental.memos import NO_VALUE, LoggedWorlds, Memo, changes
from glue_compiler.incremental.sameness import Likeness, functions_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value
    from glue_compiler.incremental.flow_memory import FlowMemory
    from glue_compiler.incremental.memos import LiveEnv, LoggingRecorder, Writes
    from glue_compiler.names.scopes import Scope


class LiveRun(Interpreter):
    """One run over a version in one world.

    `outer` are the environments of the module and of the model, as far as the run has come. `others` has, for
    each, the names whose values are not those of the last run at the same place, with those values; it is
    None when places cannot be compared.
    """

    worlds: LoggedWorlds  # type: ignore[assignment]

    def __init__(
        self,
        memory: FlowMemory,
        module: Module,
        recorder: LoggingRecorder,
        world: World,
    ) -> None:
        super().__init__(module, recorder, world, LIBRARIES)
        self.memory = memory
        self.recorder: LoggingRecorder = recorder
        self.worlds = LoggedWorlds(module.worlds)
        self.last = memory.last[world]
        self.now = LastRun(versions=memory.versions)
        self.outer: list[LiveEnv] = []
        self.bodies: list[Sequence[Any]] = []
        self.untracked = False
        self.touched: dict[type, dict[Any, Any]] | None = None
        self.others: list[Writes] | None = []
        self.rebound: set[str] = set()
        truth = module.worlds.truth
        self.turned = {
            node
            for node, (scope, known) in self.last.tests.items()
            if truth(node, scope, world) is not known
        }
        self.changed = {
            node
            for node, version in self.last.versions.items()
            if memory.versions.get(node) is not version
        }

    # -- what the interpreter does otherwise ---------------------------------------------------

    def outer_env(self, scope: Scope, parent: Env | None, values: Writes) -> Env:
        env = self.memory.environment(scope, parent, self.world)
        env.values = values
        if parent is not (self.outer[-1] if self.outer else None):
            self.untracked = True
        level = len(self.outer)
        self.outer.append(env)
        owner: Any = scope.owner
        body = owner.body
        self.bodies.append(body if scope.kind == "module" else body.body)
        bound = frozenset(scope.sites)
        self.now.blocks.append(tuple(self.bodies[-1]))
        self.now.bound.append(bound)
        if level < len(self.last.bound) and len(values) <= 2 and self.others is not None:
            self.rebound |= bound ^ self.last.bound[level]
            self.others.append({})
        else:
            self.others = None
        return env

    def library_state(self, cls: type[Any]) -> Any:
        state = super().library_state(cls)
        if self.touched is not None and cls not in self.touched:
            self.touched[cls] = dict(state)
        return state

    def block(self, body: Sequence[Any], env: Env) -> bool:
        if self.untracked or env is not self.outer[-1] or body is not self.bodies[-1]:
            return super().block(body, env)
        level = len(self.outer) - 1
        before = self.last.blocks[level] if level < len(self.last.blocks) else ()
        front, back = common_ends(before, body, is_)
        gone = before[front : len(before) - back]
        for at, node in enumerate(body):
            if at == front:
                self._pass_over(gone)
            if not self._remembered(node, kept=at < front or at >= len(body) - back):
                # What the last run did after this place is not looked at.
                self.others = None
                return False
        if front == len(body):
            self._pass_over(gone)
        return True

    # -- memory --------------------------------------------------------------------------------

    def _remembered(self, node: Any, *, kept: bool) -> bool:
        """Run a statement, or do what it did; `kept`: it follows what it followed in the last run."""
        if self.untracked:
            return self.statement(node, self.outer[-1])
        memo = self.last.memos.get(node)
        if memo is None:
            if kept:
                self.others = None
            return self._run(node, self.last.memos.get(self.memory.replaced.get(node, node)), None)
        if (kept and self._is_undisturbed(memo)) or self._holds(memo):
            return self._replayed(node, memo, kept=kept)
        return self._run(node, memo, memo if kept else None)

    def _is_undisturbed(self, memo: Memo) -> bool:
        """Whether nothing that differs from the last run matters to a statement that is where it was."""
        if self.others is None or memo.aliases or memo.states:
            return False
        read = memo.read
        return (
            all(read.isdisjoint(others) for others in self.others)
            and (not self.rebound or read.isdisjoint(self.rebound))
            and (not self.changed or self.changed.isdisjoint(memo.bodies))
            and (not self.turned or self.turned.isdisjoint(memo.tests))
            and self._is_affordable(memo)
        )

    def _is_affordable(self, memo: Memo) -> bool:
        return self.inlined + memo.inlined <= MOST_INLINED and self.steps + memo.steps <= MOST_STEPS

    def _holds(self, memo: Memo) -> bool:
        """Whether everything that a statement read is as it was, wherever the statement is now."""
        for env, values in zip(self.outer, memo.values, strict=True):
            if tuple(map(env.values.get, memo.names)) != values:
                return False
        names, bound = memo.unbound
        versions, truth = self.memory.versions, self.worlds.truth
        return (
            self._is_affordable(memo)
            and self._bound(names) == bound
            and all(versions.get(node) is version for node, version in memo.bodies.items())
            and all(
                truth(node, scope, self.world) is known
                for node, (scope, known) in memo.tests.items()
            )
            and all(self._names_of(value) == held for value, held in memo.aliases)
            and all(self.library_state(cls) == known for cls, known in memo.states.items())
        )

    def _bound(self, names: tuple[str, ...]) -> tuple[tuple[bool, ...], ...]:
        return tuple([tuple(map(env.scope.sites.__contains__, names)) for env in self.outer])

    def _names_of(self, value: Value) -> tuple[frozenset[str], ...]:
        return tuple([_names_of(value, env.values) for env in self.outer])

    def _replayed(self, node: cst.CSTNode, memo: Memo, *, kept: bool) -> bool:
        """Do what a statement did."""
        self.now.memos[node] = memo
        if memo.tests:
            self.now.tests.update(memo.tests)
        self.inlined += memo.inlined
        self.steps += memo.steps
        for level, (env, writes) in enumerate(zip(self.outer, memo.writes, strict=True)):
            if not writes:
                continue
            if self.others is not None:
                others = self.others[level]
                if not kept:
                    self._compare(level, writes, env.values)
                elif others:
                    for name in writes:
                        others.pop(name, None)
            _apply(writes, env.values, removes=memo.removes)
        for cls, state in memo.states_after.items():
            own = self.library_state(cls)
            own.clear()
            own.update(state)
        recorder = self.recorder
        recorder.noted[self.world].update(memo.noted)
        recorder.demands[self.world] += memo.demands
        self.activation.returns += memo.returns
        return memo.alive

    def _run(self, node: Any, old: Memo | None, in_place: Memo | None) -> bool:
        """Run a statement and remember what it does.

        `old` is what it did before, or the one that stood in its place; `in_place` what it did in the last
        run, at this place.
        """
        names, bodies = self._reads(node)
        before = [dict(env.values) for env in self.outer]
        values = tuple([tuple(map(env.values.get, names)) for env in self.outer])
        inlined, steps, returned = self.inlined, self.steps, len(self.activation.returns)
        self.touched = {}
        self.worlds.log = {}
        self.recorder.log, self.recorder.demand_log = {}, []
        for env in self.outer:
            env.replaced.clear()
        alive = self.statement(node, self.outer[-1])
        touched, self.touched = self.touched, None
        tests, self.worlds.log = self.worlds.log, {}
        noted, self.recorder.log = self.recorder.log, {}
        demands, self.recorder.demand_log = self.recorder.demand_log, []
        writes = tuple(
            [changes(one, env.values) for one, env in zip(before, self.outer, strict=True)]
        )
        states_after = {cls: dict(self.library_state(cls)) for cls in touched}
        written = [value for one in (*writes, *states_after.values()) for value in one.values()]
        known = {id(env) for env in self.outer}
        if any(id(function.env) not in known for function in functions_in(written)):
            # A function that sees the variables of a call, which others that see them may change.
            self.untracked = True
            return alive
        if self.inlined > MOST_INLINED:
            self.others = None
            return alive
        if old is not None and not touched and not old.states and _alike(old, writes, values):
            writes = old.writes
            for env, one in zip(self.outer, writes, strict=True):
                _apply(one, env.values, removes=old.removes)
        if self.others is not None:
            for level, one in enumerate(before):
                self._place(level, one, in_place, writes[level])
        unbound = tuple(
            [name for at, name in enumerate(names) if all(one[at] is None for one in values)]
        )
        memo = self.now.memos[node] = Memo(
            names=names,
            read=frozenset(names),
            values=values,
            unbound=(unbound, self._bound(unbound)),
            bodies=bodies,
            tests=tests,
            aliases=[
                (value, held)
                for env in self.outer
                for value in env.replaced
                if any(held := tuple([_names_of(value, one) for one in before]))
            ],
            states=touched,
            inlined=self.inlined - inlined,
            steps=self.steps - steps,
            writes=writes,
            removes=any(value is NO_VALUE for one in writes for value in one.values()),
            alive=alive,
            returns=self.activation.returns[returned:],
            noted=noted,
            demands=demands,
            states_after=states_after,
        )
        self.now.tests.update(memo.tests)
        return alive

    def _reads(self, node: cst.CSTNode) -> tuple[tuple[str, ...], dict[cst.CSTNode, object]]:
        """The names whose values a statement may read, and the functions whose bodies it may run."""
        memory = self.memory
        names: dict[str, None] = {}
        bodies: dict[cst.CSTNode, object] = {}
        waiting = [memory.mentioned(node)]
        if type(node) is cst.FunctionDef and node.decorators:
            bodies[node] = memory.versions.get(node)
        while waiting:
            for name in waiting.pop():
                if name in names:
                    continue
                names[name] = None
                held = [env.values.get(name) for env in self.outer]
                for function in functions_in(held):
                    inner = function.node
                    if inner not in bodies:
                        bodies[inner] = memory.versions.get(inner)
                        waiting.append(memory.mentioned(inner))
        return tuple(names), bodies

    # -- what differs from the last run ---------------------------------------------------------

    def _pass_over(self, gone: Sequence[cst.CSTNode]) -> None:
        """The last run did at this place what some statements did that are there no more."""
        for node in gone:
            memo = self.last.memos.get(node)
            if memo is None:
                self.others = None
            if memo is None or self.others is None:
                return
            for level, writes in enumerate(memo.writes):
                values = self.outer[level].values
                for name, value in writes.items():
                    self._note_other(level, name, value, values.get(name, NO_VALUE))

    def _compare(self, level: int, writes: Writes, values: Writes) -> None:
        """Some names get other values than those that they have, and had in the last run."""
        if self.others is None:
            return
        others = self.others[level]
        for name, value in writes.items():
            self._note_other(level, name, others.get(name, values.get(name, NO_VALUE)), value)

    def _place(self, level: int, before: Writes, in_place: Memo | None, writes: Writes) -> None:
        """A statement was run that did `in_place` in the last run, or was not there."""
        if self.others is None:
            return
        others = self.others[level]
        then = {} if in_place is None else in_place.writes[level]
        values = self.outer[level].values
        for name in {**writes, **then}:
            old = then.get(name, others.get(name, before.get(name, NO_VALUE)))
            self._note_other(level, name, old, values.get(name, NO_VALUE))

    def _note_other(self, level: int, name: str, old: Value, new: Value) -> None:
        if self.others is None:
            return
        if old is new:
            self.others[level].pop(name, None)
        else:
            self.others[level][name] = old


def _names_of(value: Value, values: Writes) -> frozenset[str]:
    return frozenset([name for name, held in values.items() if held is value])


def _apply(writes: Writes, values: Writes, *, removes: bool) -> None:
    if not removes:
        values.update(writes)
        return
    for name, value in writes.items():
        if value is NO_VALUE:
            values.pop(name, None)
        else:
            values[name] = value


def _alike(
    old: Memo, writes: tuple[Writes, ...], values: tuple[tuple[Value | None, ...], ...]
) -> bool:
    """Whether a statement did what it did before, so that what follows need not be run again."""
    if len(old.writes) != len(writes):
        return False
    likeness = Likeness(value for one in values for value in one)
    for before, now in zip(old.writes, writes, strict=True):
        if list(before) != list(now):
            return False
        for name, value in now.items():
            if value is NO_VALUE or before[name] is NO_VALUE:
                if value is not before[name]:
                    return False
            elif not likeness.alike(value, before[name]):
                return False
    return True
