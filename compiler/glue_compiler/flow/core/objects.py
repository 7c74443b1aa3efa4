"""The abstract values of plain Python and dbt: constants, texts, containers, modules, methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import is_
from typing import TYPE_CHECKING, Any

from glue_compiler.flow.core.values import UNKNOWN, Value, joined_all, same
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst
    from typing_extensions import Self

    from glue_compiler.facts.schemas import Relation
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.text.source import Span

_MOST_ITEMS = 400
_WORDS = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "bool",
    "numpy.str": "string",
    "numpy.int": "number",
    "numpy.float": "number",
    "numpy.bool": "bool",
}
"""The words of types; one of `numpy.` may be numpy's own, which has more members than Python's."""
_CONTAINERS = frozenset({"list", "tuple", "set"})


@dataclass(slots=True, eq=False)
class ScalarValue(Value):
    """A value on the driver. `maximum_of`: the maximum of a column; None when there are no rows."""

    type: str = "unknown"
    maximum_of: tuple[Relation, ...] | None = None
    source: Span | None = None
    guarded: bool = False

    def joined_with(self, other: Self) -> Value:
        kind = self.type if self.type == other.type else "unknown"
        if self.maximum_of == other.maximum_of and self.source == other.source:
            return changed(self if self.guarded else other, type=kind)
        return ScalarValue(kind)

    def same_as(self, other: Self) -> bool:
        return (self.type, self.maximum_of) == (other.type, other.maximum_of)

    def tested(self) -> Value:
        return self if self.maximum_of is None else changed(self, guarded=True)

    def python_class(self) -> str:
        """A comparison of values that are not known need not give true or false."""
        compared = self.type == "bool" and self.source is None
        return "" if compared or self.maximum_of is not None else self.type

    def word(self) -> str:
        return _WORDS.get(self.type, "unknown")


@dataclass(slots=True, eq=False)
class ConstValue(Value):
    """A constant, and where a string constant stands in the text."""

    value: Any
    span: Span | None = None

    def joined_with(self, other: Self) -> Value:
        if type(self.value) is not type(other.value):
            return ScalarValue("unknown")
        return self if self.value == other.value else ScalarValue(type(self.value).__name__)

    def general(self) -> Value:
        return ScalarValue(type(self.value).__name__)

    def same_as(self, other: Self) -> bool:
        return self.value is other.value or (
            type(self.value) is type(other.value) and self.value == other.value
        )

    def python_class(self) -> str:
        return type(self.value).__name__

    def word(self) -> str:
        return "none" if self.value is None else _WORDS.get(type(self.value).__name__, "unknown")


@dataclass(slots=True, eq=False)
class TextValue(Value):
    """A string of which only the parts are known: constants, relations, maxima."""

    prefix: str = ""
    relations: tuple[Relation, ...] = ()
    scalars: tuple[ScalarValue, ...] = ()

    def same_as(self, _other: Self) -> bool:
        return True

    def python_class(self) -> str:
        return "str"

    def word(self) -> str:
        return "string"


@dataclass(slots=True, eq=False)
class ListValue(Value):
    """A list, tuple or set with known items, or (`items` None) of items like `item`; an `index` of pandas likewise."""

    items: tuple[Value, ...] | None
    item: Value = UNKNOWN
    form: str = "list"

    def frames(self) -> Sequence[FrameValue]:
        return [frame for item in (*(self.items or ()), self.item) for frame in item.frames()]

    def any_item(self) -> Value:
        if self.items is None:
            return self.item
        return joined_all(self.items)

    @property
    def held(self) -> tuple[Value, ...]:
        """The items, or one that stands for all of them."""
        return (self.item,) if self.items is None else self.items

    def joined_with(self, other: Self) -> Value:
        if self.form != other.form:
            return UNKNOWN
        known = self.items is not None and other.items is not None
        if known and len(self.held) == len(other.held) and all(map(is_, self.held, other.held)):
            return self
        return self.of_any(*self.held, *other.held)

    def same_as(self, other: Self) -> bool:
        return (
            self.form == other.form
            and (self.items is None) == (other.items is None)
            and len(self.held) == len(other.held)
            and all(map(same, self.held, other.held))
        )

    def opened(self) -> ListValue:
        changeable = self.form != "tuple" and self.frames()
        return ListValue(None, UNKNOWN, self.form) if changeable else self

    def of_any(self, *items: Value) -> ListValue:
        """A list of this form with some number of items, each of which is like one of these."""
        return ListValue(None, joined_all(items), self.form)

    def python_class(self) -> str:
        return self.form if self.form in _CONTAINERS else ""

    def word(self) -> str:
        return "list" if self.form == "index" else self.form


@dataclass(slots=True, eq=False)
class DictValue(Value):
    """A dict with known constant keys."""

    items: tuple[tuple[ConstValue, Value], ...] | None

    def frames(self) -> Sequence[FrameValue]:
        return [frame for _, item in self.items or () for frame in item.frames()]

    def any_item(self) -> Value:
        return joined_all([key for key, _ in self.items or ()])

    def python_class(self) -> str:
        return "dict"

    def word(self) -> str:
        return "dict"


@dataclass(slots=True, eq=False)
class ClassValue(Value):
    """A class of this file."""

    name: str

    def joined_with(self, other: Self) -> Value:
        return self if self.name == other.name else UNKNOWN

    def word(self) -> str:
        return "class"


@dataclass(slots=True, eq=False)
class ModuleValue(Value):
    """An imported module, or something in it, by its dotted name."""

    name: str

    def joined_with(self, other: Self) -> Value:
        return self if self.name == other.name else UNKNOWN


@dataclass(slots=True, eq=False)
class DbtValue(Value):
    """dbt itself (`""`) or a part of its API by its path."""

    path: str

    def joined_with(self, other: Self) -> Value:
        return self if self.path == other.path else UNKNOWN

    def word(self) -> str:
        return "dbt"


@dataclass(slots=True, eq=False)
class MethodValue(Value):
    """A method taken off its object, before it is called."""

    receiver: Value
    name: str
    node: cst.Attribute = field(repr=False)

    def frames(self) -> Sequence[FrameValue]:
        return self.receiver.frames()

    def python_class(self) -> str:
        return "method"

    def word(self) -> str:
        return "function"


def items_of(value: Value) -> tuple[Value, ...] | None:
    """The items of a list whose length is known."""
    if isinstance(value, ListValue) and value.items is not None and len(value.items) <= _MOST_ITEMS:
        return value.items
    return None


def items_or_itself(value: Value) -> tuple[Value, ...]:
    """The items of a list that is known to have some; else the value alone."""
    return items_of(value) or (value,)


def text_of(value: Value) -> str | None:
    """The string that a value is for certain."""
    return value.value if isinstance(value, ConstValue) and isinstance(value.value, str) else None


def texts_of(values: Sequence[Value]) -> list[str] | None:
    """The strings that all of the values are for certain; None when one is not."""
    found = [text for value in values if (text := text_of(value)) is not None]
    return found if len(found) == len(values) else None
