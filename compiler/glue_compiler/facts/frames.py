"""What the flow analysis found about frames: their kinds, columns, uses, conversions and returns.

Facts name a frame by its index in `FlowFacts.frames`. Every fact carries the worlds in which it
holds. A frame or value that is not known has no facts at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glue_compiler.facts.columns import (  # noqa: TC001 - the codec reads the hints at run time
    ForeignColumn,
    MisplacedColumn,
    SparkText,
    StarSelect,
    UntypedRows,
)
from glue_compiler.facts.places import FrameIndex  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.facts.refusals import (  # noqa: TC001 - the codec reads the hints at run time
    DriverName,
    ForeignUse,
    MissingComparison,
    ModuleName,
    NothingUse,
    PlainUse,
    TightOperator,
    TruthTest,
    WrongCall,
)
from glue_compiler.facts.schemas import (  # noqa: TC001 - the codec reads the hints at run time
    Frame,
    FrameKind,
    Relation,
)
from glue_compiler.facts.types import TypedExpression  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.facts.udfs import (  # noqa: TC001 - the codec reads the hints at run time
    BatchFunction,
    HeldUdf,
    Udf,
    UdfCall,
    UdfReturn,
)
from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time


@dataclass(frozen=True, slots=True)
class FrameBinding:
    """A name that holds a frame after the assignment at `span` (the name's)."""

    name: str
    span: Span
    frame: FrameIndex
    function: str | None
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class FrameReturn:
    """A `return` of the model, or (`implicit`) the end of its body being reached.

    `value`: frame, none, tuple, list, dict, string, number, bool, column, grouped, series, rows,
    function, class, dbt, session, schema, writer, or unknown. `value_span` is None for a bare return.
    `unwritten` are the names of an index that no table of the frame has.
    """

    span: Span
    value: str
    frame: FrameIndex | None
    worlds: tuple[World, ...]
    value_span: Span | None = None
    implicit: bool = False
    unwritten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameArgument:
    """An argument of a method of a frame: its span, keyword, and value when constant.

    `kind` is a word for the value: as in FrameReturn, for frames with their library (`spark frame`).
    """

    span: Span
    value_span: Span
    name: str | None = None
    star: Literal["", "*", "**"] = ""
    literal: str | None = None
    frame: FrameIndex | None = None
    kind: str = "unknown"


@dataclass(frozen=True, slots=True)
class MemberUse:
    """`frame.member`, with its call when it is called.

    `kind` is the receiver's kind, or `spark_grouped`, `pandas_grouped`, `pandas_series`,
    `spark_column`, `spark_session`. `use` is how the value is used: `statement` (discarded),
    `assign`, `return`, `compare`, `test`, `not`, `argument`, `receiver`, `subscript`, `iterate`,
    `value`. `store` tells that the member is assigned to, `attempted` that a `try` around it
    catches the error of a member that does not exist, `tried` that a `try` around it, or around a call that leads
    here, has handlers at all.
    """

    span: Span
    name_span: Span
    receiver: Span
    kind: str
    member: str
    frame: FrameIndex | None
    worlds: tuple[World, ...]
    called: bool = False
    call: Span | None = None
    args: tuple[FrameArgument, ...] = ()
    use: str = "value"
    result: FrameIndex | None = None
    store: bool = False
    in_loop: bool = False
    function: str | None = None
    is_column: bool = False
    attempted: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column of a frame named in the text; `span` covers the name without quotes.

    `how`: subscript, attribute, argument (of `method`), col (`F.col("x")` evaluated against the
    frame), expression, on, by, sql (in a text of SQL). `must_exist` is false where Spark ignores a missing column
    (`drop`, `withColumnRenamed`, `fillna` subsets, ...). `case_sensitive` for pandas and for
    attribute access. `ambiguous`: the frame has several columns of the name.

    In a query `beside` is a frame of all columns that it can name, and `qualifier` the name by which it calls the
    frame; if a column of that name is `beside`, it may be a field of that one.
    """

    span: Span
    name: str
    how: str
    frame: FrameIndex
    worlds: tuple[World, ...]
    method: str | None = None
    case_sensitive: bool = False
    must_exist: bool = True
    ambiguous: bool = False
    qualifier: str | None = None
    beside: FrameIndex | None = None


@dataclass(frozen=True, slots=True)
class Discarded:
    """A statement whose only effect would be a new frame that nobody keeps."""

    span: Span
    method: str
    frame: FrameIndex
    worlds: tuple[World, ...]
    name: str | None = None
    name_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A call that makes the engine compute: count, collect, show, toPandas, first, ...

    `use` as in MemberUse. For a comparison with a constant `operator` has the frame on the left
    side (`==`, `>`, ...), `operand` is the literal and `test` the span of the whole comparison
    or negation. `only_use` tells that the value is used there only.
    """

    span: Span
    method: str
    frame: FrameIndex
    receiver: Span
    use: str
    worlds: tuple[World, ...]
    operator: str | None = None
    operand: str | None = None
    test: Span | None = None
    in_loop: bool = False
    after_cache: bool = False
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A frame that becomes another kind, with the columns that are used afterwards.

    `demand` None means all columns, and `why_all` why: returned, escapes, columns_attribute,
    iterated, unknown_method, positional, alias, ... `unwritten` as in FrameReturn.
    """

    span: Span
    method: str
    source: FrameIndex
    target: FrameKind
    worlds: tuple[World, ...]
    demand: tuple[str, ...] | None = None
    why_all: str | None = None
    receiver: Span | None = None
    result: FrameIndex | None = None
    function: str | None = None
    unwritten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoopColumn:
    """`withColumn` or `withColumnRenamed` on a frame that the same loop builds up."""

    span: Span
    loop: Span
    method: str
    frame: FrameIndex
    worlds: tuple[World, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CacheUse:
    """`cache`, `persist` or `checkpoint`; `uses` counts later uses of the cached frame by name.

    None where that cannot be counted; `released` when an `unpersist` may reach it.
    """

    span: Span
    method: str
    frame: FrameIndex
    worlds: tuple[World, ...]
    name: str | None = None
    released: bool = False
    uses: int | None = None


@dataclass(frozen=True, slots=True)
class TempView:
    """`createOrReplaceTempView` and its kin; `name` when it is one constant."""

    span: Span
    method: str
    frame: FrameIndex
    worlds: tuple[World, ...]
    name: str | None = None
    name_span: Span | None = None
    loop: Span | None = None


@dataclass(frozen=True, slots=True)
class Watermark:
    """A frame filtered by `column > maximum of a column of dbt.this` (or of another relation).

    On an empty table the maximum is None and the comparison keeps no row. `guarded` tells that
    the value is tested for None, defaulted, or coalesced before.
    """

    span: Span
    value_span: Span
    source_span: Span
    relation: Relation | None
    worlds: tuple[World, ...]
    guarded: bool = False
    operator: str = ">"
    value_name: str | None = None


@dataclass(frozen=True, slots=True)
class Union:
    """Two frames put under each other, by position or by name."""

    span: Span
    method: str
    left: FrameIndex
    right: FrameIndex
    right_span: Span
    worlds: tuple[World, ...]
    by_position: bool = True
    allow_missing: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Two frames joined. `on` are the names of a join by names, None for any other condition."""

    span: Span
    left: FrameIndex
    right: FrameIndex
    right_span: Span
    worlds: tuple[World, ...]
    on: tuple[str, ...] | None = None
    on_span: Span | None = None
    how: str | None = None
    how_span: Span | None = None
    result: FrameIndex | None = None


@dataclass(frozen=True, slots=True)
class TableRead:
    """A relation named by hand: `session.table("x")`, `session.sql("... from x")`, `read.table`.

    `values` are the texts it can be; `tables` the relations that they name, as written.
    """

    span: Span
    value_span: Span
    how: str
    worlds: tuple[World, ...]
    values: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnTableRead:
    """The model's own table read by name: `session.table(str(dbt.this))`, `session.sql(f"... from {dbt.this}")`.

    `guarded` tells that a test which is not decided is around it, or around a call that leads here, `tried` as
    in MemberUse.
    """

    span: Span
    worlds: tuple[World, ...]
    function: str | None = None
    guarded: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class RowLoop:
    """A Python loop over the rows of a frame: `iterrows`, `collect`, `toLocalIterator`."""

    span: Span
    loop: Span
    method: str
    frame: FrameIndex
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class DeadBranch:
    """A branch that is not taken in some world, because its test is `dbt.is_incremental`."""

    span: Span
    test: Span
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """The facts of the model function's body and of the helpers that it calls.

    `complete` is false when the analysis gave up (then absence of a fact means nothing).
    """

    complete: bool = False
    frames: tuple[Frame, ...] = ()
    bindings: tuple[FrameBinding, ...] = ()
    returns: tuple[FrameReturn, ...] = ()
    members: tuple[MemberUse, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    truth_tests: tuple[TruthTest, ...] = ()
    tight_operators: tuple[TightOperator, ...] = ()
    missing_comparisons: tuple[MissingComparison, ...] = ()
    nothing_uses: tuple[NothingUse, ...] = ()
    wrong_calls: tuple[WrongCall, ...] = ()
    plain_uses: tuple[PlainUse, ...] = ()
    module_names: tuple[ModuleName, ...] = ()
    discarded: tuple[Discarded, ...] = ()
    actions: tuple[Action, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    loop_columns: tuple[LoopColumn, ...] = ()
    caches: tuple[CacheUse, ...] = ()
    temp_views: tuple[TempView, ...] = ()
    udfs: tuple[Udf, ...] = ()
    udf_calls: tuple[UdfCall, ...] = ()
    udf_returns: tuple[UdfReturn, ...] = ()
    batch_functions: tuple[BatchFunction, ...] = ()
    held_udfs: tuple[HeldUdf, ...] = ()
    driver_names: tuple[DriverName, ...] = ()
    watermarks: tuple[Watermark, ...] = ()
    unions: tuple[Union, ...] = ()
    joins: tuple[Join, ...] = ()
    table_reads: tuple[TableRead, ...] = ()
    row_loops: tuple[RowLoop, ...] = ()
    dead_branches: tuple[DeadBranch, ...] = ()
    own_table_reads: tuple[OwnTableRead, ...] = ()
    misplaced: tuple[MisplacedColumn, ...] = ()
    star_selects: tuple[StarSelect, ...] = ()
    foreign_uses: tuple[ForeignUse, ...] = ()
    foreign_columns: tuple[ForeignColumn, ...] = ()
    untyped_rows: tuple[UntypedRows, ...] = ()
    spark_texts: tuple[SparkText, ...] = ()
    typed: tuple[TypedExpression, ...] = ()
