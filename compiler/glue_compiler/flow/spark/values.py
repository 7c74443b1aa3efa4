"""The values of PySpark: frames, columns, groups, rows on the driver, UDFs, the session and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from glue_compiler.facts.schemas import Base, Column, FrameKind, Relation, Schema
from glue_compiler.flow.core.objects import ScalarValue
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, PartOfFrame, Value
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from typing_extensions import Self

    from glue_compiler.text.source import Span


@dataclass(slots=True, eq=False)
class SparkFrame(FrameValue):
    """A Spark frame; `hides`: a projection took columns away that filters and sorts of it still find."""

    kind: ClassVar[FrameKind] = "spark"
    mutable = False

    hides: bool = False

    def joined_with(self, other: Self) -> Self:
        return changed(FrameValue.joined_with(self, other), hides=self.hides or other.hides)

    def same_as(self, other: Self) -> bool:
        return FrameValue.same_as(self, other) and self.hides == other.hides


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column by name, where the text names it, and the frame when it is bound to one."""

    name: str
    span: Span
    how: str
    frame: SparkFrame | None = None


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
class SparkColumn(Value):
    """A column expression, or (`window`) a window: the columns it reads, its output name, ...

    What is not `sure` may be a frame: `frame[names]`.
    """

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
    sure: bool = True

    def joined_with(self, other: Self) -> Value:
        if self.window is not other.window:
            return UNKNOWN
        return SparkColumn(
            window=self.window,
            reads=tuple(dict.fromkeys((*self.reads, *other.reads))),
            name=self.name if self.name == other.name else None,
            python_udf=self.python_udf or other.python_udf,
            sure=self.sure and other.sure,
        )

    def same_as(self, _other: Self) -> bool:
        return True

    def api_owner(self) -> str:
        return "spark.window_spec" if self.window else "spark.column"

    def has_no_truth(self) -> bool:
        return self.sure and not self.window

    def word(self) -> str:
        return "column" if self.sure else "unknown"


@dataclass(slots=True, eq=False)
class SparkGroups(PartOfFrame):
    """A grouped frame; `keys` is None when they are not known.

    `subscripted` is the number of columns in `grouped["a"]`, which pandas has and Spark has not:
    with one, none of the members of grouped frames are there.
    """

    deferred = True

    frame: SparkFrame
    keys: tuple[Column, ...] | None
    pivoted: bool = False
    subscripted: int = 0

    def api_owner(self) -> str:
        return "spark.grouped_series" if self.subscripted == 1 else "spark.grouped"

    def word(self) -> str:
        return "grouped"


@dataclass(slots=True, eq=False)
class SparkRows(PartOfFrame):
    """Rows on the driver (`collect`), or one row; of a frame."""

    frame: SparkFrame
    one: bool
    source: Span

    def any_item(self) -> Value:
        return UNKNOWN if self.one else SparkRows(self.frame, True, self.source)

    def tested(self) -> Value:
        return UNKNOWN if self.frame.maximum else self

    def field(self) -> ScalarValue:
        """A field of one row."""
        relations = self.frame.relations if self.frame.maximum else None
        return ScalarValue(maximum_of=relations, source=self.source)

    def word(self) -> str:
        return "rows"


@dataclass(slots=True, eq=False)
class SparkObject(PartOfFrame):
    """Another object: the session, a reader, `df.na`, a schema, a field, a type, ..."""

    owner: str
    frame: SparkFrame | None = None
    columns: tuple[Column, ...] | None = None

    def joined_with(self, other: Self) -> Value:
        same = (self.owner, self.frame, self.columns) == (other.owner, other.frame, other.columns)
        return self if same else UNKNOWN

    def api_owner(self) -> str:
        return self.owner

    def word(self) -> str:
        return "session" if self.owner == "spark.session" else "unknown"


class Udf(Value):
    """A UDF that `udf(...)` made, or the decorator that it gives without a function."""

    __slots__ = ()


class UdfFunction(FunctionValue):
    """A function of the file that a decorator made a UDF."""

    __slots__ = ()


UDF = Udf()
SESSION = SparkObject("spark.session")


def relation_frame(relation: Relation | None, origin: Span) -> SparkFrame:
    """The frame that reads a relation: all its columns, whatever they are."""
    if relation is None:
        return SparkFrame(origin=origin)
    return SparkFrame(Schema(bases=(Base(relation),)), (relation,), origin)
