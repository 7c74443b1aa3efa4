"""The values of PySpark: frames, columns, groups, rows on the driver, UDFs, the session and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from glue_compiler.facts.schemas import Base, Column, FrameKind, Relation, Schema
from glue_compiler.flow.core.objects import ScalarValue
from glue_compiler.flow.core.schemas import retyped
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, PartOfFrame, Value
from glue_compiler.flow.spark.parts import NO_PARTS, Parts
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from typing_extensions import Self

    from glue_compiler.text.source import Span


@dataclass(slots=True, eq=False)
class SparkFrame(FrameValue):
    """A Spark frame; `hides`: a projection took columns away that filters and sorts of it still find.

    `top`: `aggregate` where an aggregation made the frame, whose functions filters and sorts may name, `unknown`
    where one may have. `mixed`: columns of frames that are not known may be in it.
    """

    kind: ClassVar[FrameKind] = "spark"
    mutable = False
    classes = frozenset({"pyspark.sql.DataFrame", "pyspark.sql.dataframe.DataFrame"})

    hides: bool = False
    top: str = ""
    mixed: bool = False

    def with_schema(self, schema: Schema, **changes: Any) -> Self:
        if self.top and "top" not in changes:
            changes["top"] = "unknown"
        return FrameValue.with_schema(self, schema, **changes)

    def combined_with(self, other: FrameValue, schema: Schema) -> Self:
        known = bool(self.relations and other.relations)
        mixed = self.mixed or not known or (isinstance(other, SparkFrame) and other.mixed)
        return changed(FrameValue.combined_with(self, other, schema), mixed=mixed)

    @classmethod
    def converted_from(cls, frame: FrameValue, origin: Span) -> Self:
        # What pandas did to numbers, dates and missing values is not followed.
        made = super(SparkFrame, cls).converted_from(frame, origin)
        return changed(made, schema=retyped(frame.schema))

    def joined_with(self, other: Self) -> Self:
        return changed(
            FrameValue.joined_with(self, other),
            hides=self.hides or other.hides,
            top=self.top if self.top == other.top else "unknown",
        )

    def same_as(self, other: Self) -> bool:
        return (
            FrameValue.same_as(self, other)
            and self.hides == other.hides
            and self.top == other.top
            and self.mixed == other.mixed
        )


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column by name, where the text names it, and the frame when it is bound to one."""

    name: str
    span: Span
    how: str
    frame: SparkFrame | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an expression at its place: of a `type`, or the column that the text names."""

    span: Span
    type: str | None = None
    read: ColumnName | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression that Spark takes for some types only; see `facts.types.TypedExpression`."""

    span: Span
    operation: str
    terms: tuple[Term, ...]
    target: str | None = None
    argument: int | None = None


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

    `typed` are the expressions in it that ask for types, `branches` those of a `when` that goes on.
    `settled`: it surely reads all that it may read. What is not `sure` may be a frame: `frame[names]`. `form` is what made it, empty when not known: `column`,
    `literal`, `aggregate`, `distinct` (an aggregate of distinct values), `ranking` (a function that needs a window),
    `over`, `when`, `otherwise`, `named` (by `alias`), or `made` by any other expression. A window is `ordered` or
    `unordered`.
    """

    classes = frozenset({"pyspark.sql.Column", "pyspark.sql.column.Column"})

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
    form: str = ""
    parts: Parts = NO_PARTS
    settled: bool = True
    typed: tuple[Typed, ...] = ()
    branches: tuple[Term | None, ...] | None = None

    def joined_with(self, other: Self) -> Value:
        if self.window is not other.window:
            return UNKNOWN
        return SparkColumn(
            window=self.window,
            reads=tuple(dict.fromkeys((*self.reads, *other.reads))),
            name=self.name if self.name == other.name else None,
            python_udf=self.python_udf or other.python_udf,
            nondeterministic=self.nondeterministic or other.nondeterministic,
            sure=self.sure and other.sure,
            form=self.form if self.form == other.form else "",
            parts=self.parts.common(other.parts),
            settled=self.settled and other.settled and self.reads == other.reads,
        )

    def same_as(self, other: Self) -> bool:
        return (self.form, self.parts, self.settled) == (other.form, other.parts, other.settled)

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
    with one, none of the members of grouped frames are there. `named`: all keys are columns, no expressions.
    """

    deferred = True

    frame: SparkFrame
    keys: tuple[Column, ...] | None
    pivoted: bool = False
    subscripted: int = 0
    named: bool = False

    def api_owner(self) -> str:
        return "spark.grouped_series" if self.subscripted == 1 else "spark.grouped"

    def word(self) -> str:
        return "grouped"


@dataclass(slots=True, eq=False)
class SparkRows(PartOfFrame):
    """Rows on the driver (`collect`), or one row; of a frame. `listed`: they are surely a list."""

    frame: SparkFrame
    one: bool
    source: Span
    listed: bool = False

    def any_item(self) -> Value:
        return UNKNOWN if self.one else SparkRows(self.frame, True, self.source)

    def tested(self) -> Value:
        return UNKNOWN if self.frame.maximum else self

    def field(self) -> ScalarValue:
        """A field of one row."""
        relations = self.frame.relations if self.frame.maximum else None
        return ScalarValue(maximum_of=relations, source=self.source)

    def python_class(self) -> str:
        return "list" if self.listed else ""

    def word(self) -> str:
        return "rows"


_OBJECT_WORDS = {"spark.session": "session", "schema": "schema", "spark.writer": "writer"}


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
        return _OBJECT_WORDS.get(self.owner, "unknown")


class Udf(Value):
    """A UDF of a function that is not known."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class UdfDecorator(Value):
    """What `udf(type)` gives without a function. `form`, `declared` and `place` as in MadeUdf."""

    form: str
    declared: str = ""
    place: Span | None = None


@dataclass(slots=True, eq=False)
class MadeUdf(Udf):
    """A UDF that `udf(...)` made of a function of the file.

    `form` is that of a fact Udf. `declared` is the type of Spark that it returns, empty where it is not known, and
    `place` where that is written, None where it is Spark's default.
    """

    function: FunctionValue
    form: str = "udf"
    declared: str = ""
    place: Span | None = None

    def joined_with(self, other: Self) -> Value:
        return self if self.same_as(other) else UDF

    def same_as(self, other: Self) -> bool:
        mine, others = (self.form, self.declared), (other.form, other.declared)
        return self.function.node is other.function.node and mine == others


@dataclass(slots=True, eq=False)
class UdfFunction(FunctionValue):
    """A function of the file that a decorator made a UDF. `form`, `declared` and `place` as in MadeUdf."""

    form: str = "udf"
    declared: str = ""
    place: Span | None = None


UDF = Udf()
SESSION = SparkObject("spark.session")


def relation_frame(relation: Relation | None, origin: Span) -> SparkFrame:
    """The frame that reads a relation: all its columns, whatever they are."""
    if relation is None:
        return SparkFrame(origin=origin)
    return SparkFrame(Schema(bases=(Base(relation),)), (relation,), origin)
