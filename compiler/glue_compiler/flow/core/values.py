"""What all abstract values have in common, and the frame, of which each library has its own kind.

A value says what it is: which frame it is of, what it has in common with another, which word facts
have for it. What code does with it (an attribute, an item, a call) is its library's to register
(see `library`). Unknown is a value, too: it records nothing and blocks rewrites.

No value changes once it is made. They are not declared frozen, because making them would then
take three times as long, and making them is most of what the interpreter does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from glue_compiler.facts.schemas import Column, Frame, FrameKind, Relation, Schema
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from glue_compiler.text.source import Span

OPEN = Schema(open=True)


class Value:
    """Anything that an expression can be.

    `deferred`: it only says what to compute, so that a statement that throws it away does nothing.
    `traced_in_containers`: it may be kept in a list or dict without giving up its frame.
    `classes`: the names of its class, by which `isinstance` asks for it; none where nobody can tell.
    """

    __slots__ = ()
    deferred: ClassVar[bool] = False
    traced_in_containers: ClassVar[bool] = False
    classes: ClassVar[frozenset[str]] = frozenset()

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

    def general(self) -> Value:
        """The least value of another class that covers this one; itself where there is none but Unknown."""
        return self

    def same_as(self, _other: Self) -> bool:
        """Whether a loop is at its fixpoint where another of its class took the value's place."""
        return False

    def tested(self) -> Value:
        """The value where a test has mentioned it."""
        return self

    def as_frame(self) -> FrameValue | None:
        """The frame that the value is, or is if it is one at all; None when it cannot be one, or of more than one kind."""
        return None

    def opened(self) -> Value:
        """The value after code that is not followed had it, and may have changed it in place."""
        return self

    def api_owner(self) -> str:
        """The owner of the value's members in the API tables; empty when it has none."""
        return ""

    def has_no_truth(self) -> bool:
        """Whether Python raises where the value is tested: `if value`, `not value`, `value and ...`."""
        return False

    def unwritten(self) -> tuple[str, ...]:
        """The names of what the value has, and a table that is made of it has not."""
        return ()

    def python_class(self) -> str:
        """The class of Python's own that the value surely is of (see `knowledge.builtins`); empty when it is of none."""
        return ""

    def word(self) -> str:
        """The word for the value in facts (see `FrameReturn.value`)."""
        return "unknown"


class _Unknown(Value):
    __slots__ = ()


class _Never(Value):
    """What a name without a value is: Python raises there, so that no code goes on with it."""

    __slots__ = ()


class _Nothing(Value):
    """None, whatever it is for."""

    __slots__ = ()

    def word(self) -> str:
        return "none"


@dataclass(slots=True, eq=False)
class NothingFrom(_Nothing):
    """None that a call gave, which gives nothing else: `source` is its callee as written, `span` the call's."""

    source: str
    span: Span

    def joined_with(self, other: Self) -> Value:
        return self if self.source == other.source else NONE

    def general(self) -> Value:
        return NONE

    def same_as(self, other: Self) -> bool:
        return self.source == other.source


UNKNOWN = _Unknown()
NEVER = _Never()
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

    def as_frame(self) -> FrameValue:
        return self

    def opened(self) -> Self:
        return self.with_schema(OPEN) if self.mutable else self

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


def same(left: Value | None, right: Value | None) -> bool:
    """Whether a loop is at its fixpoint where one took the other's place."""
    if left is right:
        return True
    if left is None or right is None or left.__class__ is not right.__class__:
        return False
    return left.same_as(right)


def joined(left: Value, right: Value) -> Value:
    """The least value that covers both."""
    if left is right or right is NEVER:
        return left
    if left is NEVER:
        return right
    if left.__class__ is not right.__class__:
        left, right = left.general(), right.general()
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
