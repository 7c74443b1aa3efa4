"""The abstract values of the interpreter. Unknown is a value: it records nothing and blocks rewrites.

No value changes once it is made. They are not declared frozen, because making them would then
take three times as long, and making them is most of what the interpreter does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.schemas import Base, Column, Frame, FrameKind, Relation, Schema
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.state import Env
    from glue_compiler.names.scopes import Scope
    from glue_compiler.text.source import Span

OPEN = Schema(open=True)
_MOST_ITEMS = 400


class Value:
    """Anything that an expression can be."""

    __slots__ = ()


class _Unknown(Value):
    __slots__ = ()


class _Nothing(Value):
    __slots__ = ()


UNKNOWN = _Unknown()
NONE = _Nothing()


@dataclass(slots=True, eq=False)
class FrameValue(Value):
    """A frame. Compared by identity: a pandas frame can be changed under all its names.

    `conversions` are the conversions (by their call's span) whose columns may still be used
    through this frame; `maximum` marks a frame of one row with the maximum of a column;
    `plain_index` a pandas frame whose index has no names.
    """

    kind: FrameKind
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
    plain_index: bool = False

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

    def with_schema(self, schema: Schema, **changes: Any) -> FrameValue:
        """The frame after an operation that gives it another schema."""
        return changed(self, schema=schema, maximum=False, **changes)


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column by name, where the text names it, and the frame when it is bound to one."""

    name: str
    span: Span
    how: str
    frame: FrameValue | None = None


@dataclass(frozen=True, slots=True)
class MaximumFact:
    """A comparison of a column with the maximum of a relation's column."""

    span: Span
    value_span: Span
    source: Span
    relation: Relation | None
    operator: str
    name: str | None
    guarded: bool


@dataclass(slots=True, eq=False)
class ColumnValue(Value):
    """A Spark column expression, or (`window`) a window: the columns it reads, its output name, ..."""

    reads: tuple[ColumnName, ...] = ()
    name: str | None = None
    type: str | None = None
    plain: ColumnName | None = None
    python_udf: bool = False
    nondeterministic: bool = False
    maximum: bool = False
    scalar: ScalarValue | None = None
    watermarks: tuple[MaximumFact, ...] = ()
    window: bool = False


@dataclass(slots=True, eq=False)
class SeriesValue(Value):
    """A pandas or pandas-on-Spark series, of a frame's column when that is known.

    Not `sure` is what `frame["x"]` gives where the labels may have two levels: it may be a frame.
    """

    kind: FrameKind
    frame: FrameValue | None = None
    column: str | None = None
    sure: bool = True


@dataclass(slots=True, eq=False)
class AccessorValue(Value):
    """`series.str`, `series.dt`, `series.iloc` and the like."""

    series: SeriesValue
    name: str


@dataclass(slots=True, eq=False)
class GroupedValue(Value):
    """A grouped frame; `keys` is None when they are not known."""

    kind: FrameKind
    frame: FrameValue
    keys: tuple[Column, ...] | None
    pivoted: bool = False
    selected: tuple[str, ...] | None = None


@dataclass(slots=True, eq=False)
class RowsValue(Value):
    """Rows on the driver (`collect`), or one row; of a frame."""

    frame: FrameValue
    one: bool
    source: Span


@dataclass(slots=True, eq=False)
class ScalarValue(Value):
    """A value on the driver. `maximum_of`: the maximum of a column; None when there are no rows."""

    type: str = "unknown"
    maximum_of: tuple[Relation, ...] | None = None
    source: Span | None = None
    guarded: bool = False


@dataclass(slots=True, eq=False)
class ConstValue(Value):
    """A constant, and where a string constant stands in the text."""

    value: Any
    span: Span | None = None


@dataclass(slots=True, eq=False)
class TextValue(Value):
    """A string of which only the parts are known: constants, relations, maxima."""

    prefix: str = ""
    relations: tuple[Relation, ...] = ()
    scalars: tuple[ScalarValue, ...] = ()


@dataclass(slots=True, eq=False)
class ListValue(Value):
    """A list, tuple or set with known items, or (`items` None) of items like `item`."""

    items: tuple[Value, ...] | None
    item: Value = UNKNOWN
    form: str = "list"


@dataclass(slots=True, eq=False)
class DictValue(Value):
    """A dict with known constant keys."""

    items: tuple[tuple[ConstValue, Value], ...] | None


@dataclass(slots=True, eq=False)
class FunctionValue(Value):
    """A function of this file with the variables around it."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope
    env: Env
    udf: str | None = None


@dataclass(slots=True, eq=False)
class ClassValue(Value):
    """A class of this file."""

    name: str


@dataclass(slots=True, eq=False)
class ModuleValue(Value):
    """An imported module, or something in it, by its dotted name."""

    name: str


@dataclass(slots=True, eq=False)
class DbtValue(Value):
    """dbt itself (`""`) or a part of its API by its path."""

    path: str


@dataclass(slots=True, eq=False)
class ObjectValue(Value):
    """Another object of a frame library: the session, a reader, `df.na`, a schema, names, ..."""

    owner: str
    frame: FrameValue | None = None
    columns: tuple[Column, ...] | None = None


@dataclass(slots=True, eq=False)
class MethodValue(Value):
    """A method taken off its object, before it is called."""

    receiver: Value
    name: str
    node: cst.Attribute = field(repr=False)


SESSION = ObjectValue("spark.session")


def relation_frame(relation: Relation, origin: Span) -> FrameValue:
    """The frame that reads a relation: all its columns, whatever they are."""
    return FrameValue("spark", Schema(bases=(Base(relation),)), (relation,), origin)


def items_of(value: Value) -> tuple[Value, ...] | None:
    """The items of a list whose length is known."""
    if isinstance(value, ListValue) and value.items is not None and len(value.items) <= _MOST_ITEMS:
        return value.items
    return None


def text_of(value: Value) -> str | None:
    """The string that a value is for certain."""
    return value.value if isinstance(value, ConstValue) and isinstance(value.value, str) else None


_WITHOUT_FRAMES = frozenset(
    {_Unknown, _Nothing, ConstValue, ColumnValue, ScalarValue, ModuleValue, DbtValue}
)


def frames_in(value: Value) -> list[FrameValue]:
    """The frames that can be reached through a value."""
    if value.__class__ in _WITHOUT_FRAMES:
        return []
    if isinstance(value, FrameValue):
        return [value]
    if isinstance(value, (GroupedValue, RowsValue)):
        return [value.frame]
    if isinstance(value, (SeriesValue, ObjectValue)):
        return [] if value.frame is None else [value.frame]
    if isinstance(value, ListValue):
        return [frame for item in (*(value.items or ()), value.item) for frame in frames_in(item)]
    if isinstance(value, DictValue):
        return [frame for _, item in value.items or () for frame in frames_in(item)]
    if isinstance(value, MethodValue):
        return frames_in(value.receiver)
    if isinstance(value, AccessorValue):
        return frames_in(value.series)
    return []


def joined(left: Value, right: Value) -> Value:
    """The least value that covers both."""
    if left is right:
        return left
    if type(left) is not type(right):
        return UNKNOWN
    if isinstance(left, FrameValue) and isinstance(right, FrameValue):
        return _joined_frames(left, right)
    if isinstance(left, ConstValue) and isinstance(right, ConstValue):
        same = type(left.value) is type(right.value)
        return (
            left
            if same and left.value == right.value
            else ScalarValue(_type_name(left) if same else "unknown")
        )
    if isinstance(left, (DbtValue, ModuleValue, ObjectValue, ClassValue)):
        return left if left == right or _key(left) == _key(right) else UNKNOWN
    if isinstance(left, FunctionValue) and isinstance(right, FunctionValue):
        return left if left.node is right.node else UNKNOWN
    if isinstance(left, ListValue) and isinstance(right, ListValue):
        if left.form != right.form:
            return UNKNOWN
        return ListValue(None, joined(_any_item(left), _any_item(right)), left.form)
    if isinstance(left, ScalarValue) and isinstance(right, ScalarValue):
        if left.maximum_of == right.maximum_of and left.source == right.source:
            return left if left.guarded else right
        return ScalarValue(left.type if left.type == right.type else "unknown")
    if isinstance(left, ColumnValue) and isinstance(right, ColumnValue):
        if left.window is not right.window:
            return UNKNOWN
        return ColumnValue(
            window=left.window,
            reads=tuple(dict.fromkeys((*left.reads, *right.reads))),
            name=left.name if left.name == right.name else None,
            python_udf=left.python_udf or right.python_udf,
        )
    return UNKNOWN


def _any_item(value: ListValue) -> Value:
    if value.items is None:
        return value.item
    if not value.items:
        return UNKNOWN
    result = value.items[0]
    for item in value.items[1:]:
        result = joined(result, item)
    return result


def any_item(value: Value) -> Value:
    """What iterating over a value gives."""
    if isinstance(value, ListValue):
        return _any_item(value)
    if isinstance(value, RowsValue) and not value.one:
        return RowsValue(value.frame, True, value.source)
    if isinstance(value, DictValue) and value.items:
        return _any_item(ListValue(tuple(key for key, _ in value.items)))
    return UNKNOWN


def _key(value: Value) -> Any:
    if isinstance(value, DbtValue):
        return value.path
    if isinstance(value, (ModuleValue, ClassValue)):
        return value.name
    return (value.owner, value.frame, value.columns) if isinstance(value, ObjectValue) else value


def _joined_frames(left: FrameValue, right: FrameValue) -> Value:
    if left.kind != right.kind:
        return UNKNOWN
    schema = left.schema if left.schema == right.schema else _common(left.schema, right.schema)
    return FrameValue(
        kind=left.kind,
        schema=schema,
        relations=tuple(dict.fromkeys((*left.relations, *right.relations))),
        origin=left.origin if left.origin == right.origin else None,
        cached=left.cached or right.cached,
        python_udf=left.python_udf or right.python_udf,
        filtered=left.filtered and right.filtered,
        projected=left.projected and right.projected,
        nondeterministic=left.nondeterministic or right.nondeterministic,
        conversions=left.conversions | right.conversions,
        maximum=left.maximum and right.maximum,
        plain_index=left.plain_index and right.plain_index,
    )


def _common(left: Schema, right: Schema) -> Schema:
    """An open schema with the columns that both surely have."""
    names = {column.name for column in right.columns}
    columns = tuple(Column(column.name) for column in left.columns if column.name in names)
    bases = left.bases if left.bases == right.bases else ()
    return Schema(columns=columns, bases=bases, open=True)


def _type_name(value: ConstValue) -> str:
    return type(value.value).__name__
