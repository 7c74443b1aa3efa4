"""One run over a module in one world, as everything that interprets a part of it sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

import libcst as cst

from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.usage import enclosing_loop
from glue_compiler.flow.core.values import UNKNOWN
from glue_compiler.tree.syntax import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from glue_compiler.facts.schemas import Relation
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.record import Recorder
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import FrameValue, Value
    from glue_compiler.names.scopes import Scopes
    from glue_compiler.names.worlds import Worlds
    from glue_compiler.text.source import Span

S = TypeVar("S")


@dataclass(slots=True)
class Activation:
    """A running function: its returned values, loops, and how many open tests surround it."""

    node: cst.CSTNode
    name: str | None
    returns: list[Value] = field(default_factory=list)
    exits: list[list[dict[str, Value]]] = field(default_factory=list)
    tests: int = 0


@dataclass(frozen=True, slots=True)
class Engine:
    """What dbt hands to a model: the value of its session, and the frame of a relation.

    `frame` takes None for a relation that the text does not name for certain. `globals` are names that
    every session has as well, for the same object. `unknown_call` is told of calls that are not followed.
    """

    session: Value
    frame: Callable[[Relation | None, Span], Value]
    globals: frozenset[str] = frozenset()
    unknown_call: Callable[[Interpretation, Call], None] = lambda _it, _call: None


@dataclass(slots=True)
class Module:
    """What is known about a module and its target before it is interpreted.

    `versions` are the library versions of the API tables, `literals` the values of literals,
    which both worlds share.
    """

    scopes: Scopes
    worlds: Worlds
    versions: dict[str, str]
    literals: dict[cst.CSTNode, Value] = field(default_factory=dict)


class Interpretation(ABC):
    """The state of a run, and the ways to go on with it.

    Libraries get it as `it`: they evaluate with it, note facts in its recorder, and let go of
    values that they do not follow any further (`escape`). `attempts` counts the `try` with handlers around what
    runs, also around the call of the function that runs.
    """

    def __init__(
        self,
        module: Module,
        recorder: Recorder,
        world: World,
        engine: Engine,
        frame_types: Mapping[str, type[FrameValue]],
    ) -> None:
        scopes = module.scopes
        self.scopes = scopes
        self.tree = scopes.tree
        self.spans = scopes.tree.spans
        self.parents = scopes.parents
        self.worlds = module.worlds
        self.versions = module.versions
        self.literals = module.literals
        self.recorder = recorder
        self.world = world
        self.engine = engine
        self.frame_types = frame_types
        self.stack: list[Activation] = []
        self.inlined = 0
        self.loop_depth = 0
        self.attempts = 0
        self._library_states: dict[type, object] = {}

    @abstractmethod
    def evaluate(self, node: cst.CSTNode, env: Env) -> Value:
        """The value of an expression; every expression is evaluated once per visit."""

    @abstractmethod
    def assign(self, target: cst.CSTNode, value: Value, env: Env) -> None:
        """Bind a target to a value."""

    @abstractmethod
    def body(self, node: cst.CSTNode, env: Env) -> bool:
        """Run a suite; false when its end is not reached."""

    def library_state(self, cls: type[S]) -> S:
        """What a library remembers during this run: one object of a class, made when first asked for."""
        state = self._library_states.get(cls)
        if state is None:
            state = self._library_states[cls] = cls()
        return cast("S", state)

    def activate(self, node: cst.CSTNode, name: str | None) -> Activation:
        """Start a function; the caller takes it off the stack."""
        activation = Activation(node, name)
        self.stack.append(activation)
        return activation

    @property
    def activation(self) -> Activation:
        """The running function."""
        return self.stack[-1]

    @property
    def function(self) -> str | None:
        """The qualified name of the running function."""
        return self.stack[-1].name

    @property
    def guarded(self) -> bool:
        """Whether what runs now runs only under a test that the analysis does not decide."""
        return any(activation.tests for activation in self.stack)

    def escape(self, value: Value, why: str) -> None:
        """A value goes where it is not followed: all columns of converted frames may be used."""
        for frame in value.frames():
            self.recorder.needs_all(frame, why)
        if isinstance(value, FunctionValue):
            for node in walk(value.node):
                if type(node) is cst.Name:
                    for frame in (value.env.get(node.value) or UNKNOWN).frames():
                        self.recorder.needs_all(frame, "captured")

    def forget(self, names: Iterable[str], env: Env) -> None:
        """Make names Unknown."""
        for name in names:
            self.escape(env.values.get(name, UNKNOWN), "unknown")
            env.values[name] = UNKNOWN

    def loop_span(self, node: cst.CSTNode) -> Span | None:
        """The loop around a node in its own function."""
        loop = enclosing_loop(self.parents, node)
        return None if loop is None else self.spans[loop]
