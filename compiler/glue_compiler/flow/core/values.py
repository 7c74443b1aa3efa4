"""The abstract values of plain Python and dbt, and the frame that every library has its own kind of.

A value says what it is: which frame it is of, what it has in common with another, which word facts
have for it. What code does with it (an attribute, an item, a call) is its library's to register
(see `library`). Unknown is a value, too: it records nothing and blocks rewrites.

No value changes once it is made. They are not declared frozen, because making them would then
take three times as long, and making them is most of what the interpreter does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from glue_compiler.facts.frames import Column, Frame, FrameKind, Relation, Schema
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst
    from typing_extensions import Self

    from glue_compiler.text.source import Span

OPEN = Schema(open=True)
_MOST_ITEMS = 400
_WORDS = {"str": "string", "int": "number", "float": "number", "bool": "bool"}


class Value:
    """Anything that an expression can be.

    `deferred`: it only says what to compute, so that a statement that throws it away does nothing.
    `traced_in_containers`: it may be kept in a list or dict without giving up its frame.
    """

    __slots__ = ()
    deferred: ClassVar[bool] = False
    traced_in_containers: ClassVar[bool] = False

    def subject(self) -> FrameValue | None:
        """The frame that the value is, or is of."""
        return None

    def frames(self) -> Sequence[FrameValue]:
        """The frames that can be reached through the value."""
        return ()

    def any_item(self) -> Value:
        """What iterating over the value gives."""
        return UNKNOWN

    def joined_with(self, _other: Self) -> Value:
        """The least value that covers this one and another of its class (see `joined`)."""
        return UNKNOWN

    def same_as(self, _other: Self) -> bool:
        """Whether a loop is at its fixpoint where another of its class took the value's place."""
        return False

    def tested(self) -> Value:
        """The value where a test has mentioned it."""
        return self

    def api_owner(self) -> str:
        """The owner of the value's members in the API tables; empty when it has none."""
        return ""

    def word(self) -> str:
        """The word for the value in facts (see `FrameReturn.value`)."""
        return "unknown"


class _Unknown(Value):
    __slots__ = ()


class _Nothing(Value):
    __slots__ = ()

    def word(self) -> str:
        return "none"


UNKNOWN = _Unknown()
NONE = _Nothing()


class PartOfFrame(Value):
    """A base for values that have a `frame`: groups, rows, a series, a reader, ..."""

    __slots__ = ()
    frame: FrameValue | None

    def subject(self) -> FrameValue | None:
        return self.frame

    def frames(self) -> Sequence[FrameValue]:
        return () if self.frame is None else (self.frame,)


@dataclass(slots=True, eq=False)
class FrameValue(Value):
    """A frame; each library has a class of its own for each kind.

    Compared by identity, since a frame can be changed under all its names. `conversions` are the
    conversions (by their call's span) whose columns may still be used through this frame;
    `maximum` marks a frame of one row with the maximum of a column.

    A `mutable` frame may be changed in place by whatever it is passed to; one `on_driver` holds
    its rows in the memory of the driver.
    """

    deferred = True
    kind: ClassVar[FrameKind]
    mutable: ClassVar[bool] = True
    on_driver: ClassVar[bool] = False

    schema: Schema = OPEN
    relations: tuple[Relation, ...] = ()
    origin: Span | None = None
    cached: bool = False
    python_udf: bool = False
    filtered: bool = False
    projected: bool = False
    nondeterministic: bool = False
    conversions: frozenset[Span] = frozenset()
    maximum: bool = False

    def fact(self) -> Frame:
        """The frame as facts have it."""
        return Frame(
            kind=self.kind,
            schema=self.schema,
            relations=self.relations,
            origin=self.origin,
            cached=self.cached,
            python_udf=self.python_udf,
            filtered=self.filtered,
            projected=self.projected,
            nondeterministic=self.nondeterministic,
        )

    def with_schema(self, schema: Schema, **changes: Any) -> Self:
        """The frame after an operation that gives it another schema."""
        return changed(self, schema=schema, maximum=False, **changes)

    @classmethod
    def converted_from(cls, frame: FrameValue, origin: Span) -> Self:
        """This library's frame of the rows of another library's."""
        return cls(
            schema=frame.schema,
            relations=frame.relations,
            origin=origin,
            python_udf=frame.python_udf,
            filtered=frame.filtered,
            projected=frame.projected,
            nondeterministic=frame.nondeterministic,
            conversions=frozenset({origin}) if cls.on_driver else frozenset(),
            maximum=frame.maximum,
        )

    def labelled(self, _from_columns: bool) -> Self:
        """The frame right after its conversion, the labels of its rows being columns' or numbers."""
        return self

    def combined_with(self, other: FrameValue, schema: Schema) -> Self:
        """A frame made of the rows of two."""
        return self.__class__(
            schema=schema,
            relations=tuple(dict.fromkeys((*self.relations, *other.relations))),
            python_udf=self.python_udf or other.python_udf,
            nondeterministic=self.nondeterministic or other.nondeterministic,
            cached=self.cached or other.cached,
            filtered=self.filtered and other.filtered,
            projected=self.projected and other.projected,
            conversions=self.conversions | other.conversions,
        )

    def subject(self) -> FrameValue:
        return self

    def frames(self) -> Sequence[FrameValue]:
        return (self,)

    def joined_with(self, other: Self) -> Self:
        same = self.schema == other.schema
        return changed(
            self.combined_with(
                other, self.schema if same else _common_columns(self.schema, other.schema)
            ),
            origin=self.origin if self.origin == other.origin else None,
            maximum=self.maximum and other.maximum,
        )

    def same_as(self, other: Self) -> bool:
        return self.fact() == other.fact() and self.conversions == other.conversions

    def api_owner(self) -> str:
        return self.kind

    def word(self) -> str:
        return "frame"


def _common_columns(left: Schema, right: Schema) -> Schema:
    """An open schema with the columns that both surely have."""
    names = {column.name for column in right.columns}
    columns = tuple(Column(column.name) for column in left.columns if column.name in names)
    bases = left.bases if left.bases == right.bases else ()
    return Schema(columns=columns, bases=bases, open=True)


@dataclass(slots=True, eq=False)
class ScalarValue(Value):
    """A value on the driver. `maximum_of`: the maximum of a column; None when there are no rows."""

    type: str = "unknown"
    maximum_of: tuple[Relation, ...] | None = None
    source: Span | None = None
    guarded: bool = False

    def joined_with(self, other: Self) -> Value:
        if self.maximum_of == other.maximum_of and self.source == other.source:
            return self if self.guarded else other
        return ScalarValue(self.type if self.type == other.type else "unknown")

    def same_as(self, other: Self) -> bool:
        return (self.type, self.maximum_of) == (other.type, other.maximum_of)

    def tested(self) -> Value:
        return self if self.maximum_of is None else changed(self, guarded=True)

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

    def same_as(self, other: Self) -> bool:
        return self.value is other.value or (
            type(self.value) is type(other.value) and self.value == other.value
        )

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

    def word(self) -> str:
        return "string"


@dataclass(slots=True, eq=False)
class ListValue(Value):
    """A list, tuple or set with known items, or (`items` None) of items like `item`."""

    items: tuple[Value, ...] | None
    item: Value = UNKNOWN
    form: str = "list"

    def frames(self) -> Sequence[FrameValue]:
        return [frame for item in (*(self.items or ()), self.item) for frame in item.frames()]

    def any_item(self) -> Value:
        if self.items is None:
            return self.item
        return joined_all(self.items)

    def joined_with(self, other: Self) -> Value:
        if self.form != other.form:
            return UNKNOWN
        return ListValue(None, joined(self.any_item(), other.any_item()), self.form)

    def word(self) -> str:
        return self.form


@dataclass(slots=True, eq=False)
class DictValue(Value):
    """A dict with known constant keys."""

    items: tuple[tuple[ConstValue, Value], ...] | None

    def frames(self) -> Sequence[FrameValue]:
        return [frame for _, item in self.items or () for frame in item.frames()]

    def any_item(self) -> Value:
        return joined_all([key for key, _ in self.items or ()])

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


def joined(left: Value, right: Value) -> Value:
    """The least value that covers both."""
    if left is right:
        return left
    return left.joined_with(right) if left.__class__ is right.__class__ else UNKNOWN


def joined_all(values: Sequence[Value]) -> Value:
    """The least value that covers all; Unknown when there are none."""
    if not values:
        return UNKNOWN
    result = values[0]
    for value in values[1:]:
        result = joined(result, value)
    return result
