"""Whether two sets of abstract values are alike in everything, down to which of them are one object."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import NONE, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


_READERS: dict[type, Callable[[Any], tuple[Any, ...]]] = {}


class Likeness:
    """Pairs of values that stand for each other, one of each side.

    Those that can be reached through `fixed` ones stand for themselves only.
    """

    def __init__(self, fixed: Iterable[Any]) -> None:
        self._fixed = {id(value) for value in reached(fixed)}
        self._left: dict[int, Value] = {}
        self._right: dict[int, Value] = {}

    def alike(self, left: Any, right: Any) -> bool:
        """Whether one can stand for the other, and all that is reached through it."""
        if left is UNKNOWN or left is NONE or not isinstance(left, Value):
            return left is right or self._plain(left, right)
        if left.__class__ is not right.__class__:
            return False
        known = self._left.get(id(left))
        if known is not None or id(right) in self._right:
            return known is right and self._right.get(id(right)) is left
        self._left[id(left)] = right
        self._right[id(right)] = left
        if left is right:
            return True
        if id(left) in self._fixed:
            return False
        return all(
            self.alike(one, other)
            for one, other in zip(parts_of(left), parts_of(right), strict=True)
        )

    def _plain(self, left: Any, right: Any) -> bool:
        if left.__class__ is not right.__class__:
            return False
        if left.__class__ is tuple:
            return len(left) == len(right) and all(map(self.alike, left, right))
        return bool(left == right)


def parts_of(value: Value) -> tuple[Any, ...]:
    """What the fields of a value hold."""
    cls = value.__class__
    reader = _READERS.get(cls)
    if reader is None:
        names = [
            name
            for base in cls.__mro__
            for name in getattr(base, "__slots__", ())
            if name not in ("__dict__", "__weakref__")
        ]
        reader = _READERS[cls] = _reader(names)
    return reader(value)


def _reader(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _value: ()
    if len(names) == 1:
        get = attrgetter(names[0])
        return lambda value: (get(value),)
    return attrgetter(*names)


def reached(values: Iterable[Any]) -> Iterator[Value]:
    """All values that can be reached through some, each once."""
    stack = list(values)
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if value.__class__ is tuple:
            stack += value
        elif isinstance(value, Value) and id(value) not in seen:
            seen.add(id(value))
            yield value
            stack += parts_of(value)


def functions_in(values: Iterable[Any]) -> Iterator[FunctionValue]:
    """The functions of the file that can be reached through some values."""
    return (value for value in reached(values) if isinstance(value, FunctionValue))
