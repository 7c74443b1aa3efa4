"""What a library registers: what code means that does something with its values, and its functions.

Everything that a library says nothing about makes a value Unknown, and lets go of what went in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from glue_compiler.flow.core.interpretation import Engine
from glue_compiler.flow.core.objects import ListValue
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.objects import MethodValue
    from glue_compiler.flow.core.record import Recorder
    from glue_compiler.flow.core.state import Env, FunctionValue
    from glue_compiler.names.scopes import Scopes

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V", bound=Value)


def unknown_call(it: Interpretation, call: Call, _callee: Value, env: Env) -> Value:
    """A call that is not followed: its arguments go to code that may do anything with them."""
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    open_mutable(call, env)
    it.engine.unknown_call(it, call)
    return UNKNOWN


def open_mutable(call: Call, env: Env) -> None:
    """Mutable frames, and lists of frames, that go to unknown code may be changed in place there."""
    for arg in call.args:
        value = arg.value
        opened = value.opened()
        if opened is not value and isinstance(value, (FrameValue, ListValue)):
            env.replace(value, opened)


def _unknown_attribute(it: Interpretation, _node: cst.Attribute, value: Value, _env: Env) -> Value:
    it.escape(value, "unknown")
    return UNKNOWN


def _unknown_method(
    it: Interpretation, call: Call, _method: MethodValue, receiver: Value, env: Env
) -> Value:
    return unknown_call(it, call, receiver, env)


def _unknown_item(it: Interpretation, _node: cst.Subscript, value: Value, index: Value) -> Value:
    it.escape(value, "unknown")
    it.escape(index, "unknown")
    return UNKNOWN


def _unknown_sign(it: Interpretation, _node: cst.UnaryOperation, value: Value) -> Value:
    it.escape(value, "operator")
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class ItemStore:
    """`receiver[index] = value`; `index` has the value of each plain subscript."""

    target: cst.Subscript
    index: Sequence[Value]
    value: Value


@dataclass(frozen=True, slots=True)
class AttributeStore:
    """`receiver.name = value`."""

    target: cst.Attribute
    value: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`, in the comparison `node` whose first operand is `node.left`."""

    node: cst.Comparison
    target: cst.ComparisonTarget
    left: Value
    right: Value
    operator: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop statement or comprehension (`node`) over the value of `iterable`."""

    node: cst.CSTNode
    iterable: cst.CSTNode


def _unknown_item_store(it: Interpretation, _receiver: Value, store: ItemStore, _env: Env) -> None:
    it.escape(store.value, "stored")


def _unknown_attribute_store(
    _it: Interpretation, _receiver: Value, _store: AttributeStore, _env: Env
) -> None:
    """The stored value was let go of before."""


def _unknown_item_deletion(_it: Interpretation, _receiver: Value, _env: Env) -> None:
    """Nothing is known that could have changed."""


def _silent_iteration(_it: Interpretation, _iterated: Value, _loop: Loop) -> None:
    """Facts do not tell of loops over most values."""


@dataclass(frozen=True, slots=True)
class Meaning(Generic[V]):
    """What code means that does something with the values of a class, and of those derived from it.

    `attribute`: `value.name` that is not called; `method`: a call of it. Where `members_are_values`
    an attribute is the same thing called or not, as a module's is, and `method` is not asked.
    `call`: `value(...)`. `item`: `value[index]`. `sign`: `-value`, `~value`.
    `operator`: `left + right` and the like, where the value is one of the two; `comparison`
    likewise, giving None for an operator that it says nothing about. Without one the other
    operand's counts.
    `store_item`, `store_attribute`, `delete_item`: assignments to and deletions of its parts.
    `iteration`: what facts tell of a loop; what the loop runs over is the value's `any_item`.
    """

    of: type[V]
    attribute: Callable[[Interpretation, cst.Attribute, V, Env], Value] = _unknown_attribute
    method: Callable[[Interpretation, Call, MethodValue, V, Env], Value] = _unknown_method
    members_are_values: bool = False
    call: Callable[[Interpretation, Call, V, Env], Value] = unknown_call
    item: Callable[[Interpretation, cst.Subscript, V, Value], Value] = _unknown_item
    sign: Callable[[Interpretation, cst.UnaryOperation, V], Value] = _unknown_sign
    operator: Callable[[Interpretation, cst.BinaryOperation, Value, Value], Value] | None = None
    comparison: Callable[[Interpretation, Comparison], Value | None] | None = None
    store_item: Callable[[Interpretation, V, ItemStore, Env], None] = _unknown_item_store
    store_attribute: Callable[[Interpretation, V, AttributeStore, Env], None] = (
        _unknown_attribute_store
    )
    delete_item: Callable[[Interpretation, V, Env], None] = _unknown_item_deletion
    iteration: Callable[[Interpretation, V, Loop], None] = _silent_iteration


ModuleFunction = Callable[["Interpretation", "Call", str, "Env"], "Value | None"]
Decoration = Callable[
    ["Interpretation", "cst.Decorator", str, "FunctionValue"], "FunctionValue | None"
]


@dataclass(frozen=True, slots=True)
class Library:
    """All that a library registers.

    `functions` give the value of a call of something in a module, by the dotted name of the module
    or of one function; None when they know nothing about it. `decorators` likewise make of a
    function of the file what it is when decorated with something of a module. Both are given the
    whole dotted name; of two modules that match the longer counts.
    `kept` are the methods that a statement calls for what they do, not for the frame that they give.
    `engine` is what dbt hands to a model. `afterwards` adds facts when all worlds have been run.
    """

    name: str
    meanings: tuple[Meaning[Any], ...] = ()
    functions: Mapping[str, ModuleFunction] = field(default_factory=dict)
    decorators: Mapping[str, Decoration] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    engine: Engine | None = None
    afterwards: Callable[[Scopes, Recorder], None] | None = None


class Meanings(dict[type[Value], Meaning[Any]]):
    """Meanings by class; a class that has none of its own has that of the nearest one above it."""

    def __missing__(self, cls: type[Value]) -> Meaning[Any]:
        found = next((self[base] for base in cls.__mro__ if base in self), _UNKNOWN)
        self[cls] = found
        return found


_UNKNOWN = Meaning(Value)
_NO_ENGINE = Engine(UNKNOWN, lambda _relation, _origin: UNKNOWN)


class Libraries:
    """Libraries put together. Raises ValueError where two of them register the same thing."""

    def __init__(self, *libraries: Library) -> None:
        self.meanings = Meanings()
        self.frame_types: dict[str, type[FrameValue]] = {}
        self._functions: dict[str, ModuleFunction] = {}
        self._decorators: dict[str, Decoration] = {}
        engines: dict[str, Engine] = {}
        for library in libraries:
            for meaning in library.meanings:
                _add(self.meanings, {meaning.of: meaning}, library)
                if issubclass(meaning.of, FrameValue):
                    kind: str = meaning.of.kind
                    _add(self.frame_types, {kind: meaning.of}, library)
            _add(self._functions, library.functions, library)
            _add(self._decorators, library.decorators, library)
            if library.engine is not None:
                _add(engines, {"engine": library.engine}, library)
        self.engine = engines.get("engine", _NO_ENGINE)
        self.kept = frozenset(name for library in libraries for name in library.kept)
        self.afterwards = [
            library.afterwards for library in libraries if library.afterwards is not None
        ]

    def function(self, name: str) -> ModuleFunction | None:
        """What gives the value of a call of something in a module; None when nothing does."""
        return _of_longest_prefix(self._functions, name)

    def decorator(self, name: str) -> Decoration | None:
        """What something in a module does when it decorates a function; None when not known."""
        return _of_longest_prefix(self._decorators, name)


def _add(known: dict[K, T], more: Mapping[K, T], library: Library) -> None:
    for key, item in more.items():
        if key in known:
            raise ValueError(f"{library.name} registers {key} a second time")
        known[key] = item


def _of_longest_prefix(known: Mapping[str, T], name: str) -> T | None:
    while name:
        found = known.get(name)
        if found is not None:
            return found
        name = name.rpartition(".")[0]
    return None
