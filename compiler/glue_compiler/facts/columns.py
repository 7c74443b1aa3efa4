"""What the flow analysis found about column expressions and rows that Spark refuses where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from glue_compiler.facts.places import FrameIndex  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time


@dataclass(frozen=True, slots=True)
class MisplacedColumn:
    """A column expression that Spark refuses where it stands.

    `problem`: `rows` (an aggregate where rows are computed), `beside` (an aggregate beside a column in a `select`),
    `ungrouped` (a column in `agg` that is neither aggregated nor a key), `nested` (an aggregate in an aggregate),
    `nested_over` (a function over a window in an aggregate), `filter` (a function over a window in a condition),
    `no_window`, `no_order` (a function that needs a window, or one with an order), `distinct_over`, `over` (a window
    for what is no aggregate), `when`, `otherwise` (after what `when` did not make), `twice` (`otherwise`), `closed`
    (`when` after `otherwise`). `name` is the function or column that it is about, `other` the column beside it.
    """

    span: Span
    problem: str
    worlds: tuple[World, ...]
    name: str | None = None
    method: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignColumn:
    """A column bound to a frame (`source`) in a method of another frame, neither of which has rows of the other."""

    span: Span
    name: str
    method: str
    frame: FrameIndex
    source: FrameIndex
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class UntypedRows:
    """The rows of a `createDataFrame` without types: none, or (`row`, a word of FrameReturn) plain values; `named` by a list.

    Of rows that do not fit a schema `width` is how many values one has, and `wanted` how many the schema has columns.
    """

    span: Span
    named: bool
    worlds: tuple[World, ...]
    row: str | None = None
    width: int | None = None
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class StarSelect:
    """`frame.select("*", ..., name)`: the names that are selected beside all columns of a relation; `span` is the call's."""

    span: Span
    frame: FrameIndex
    names: tuple[str, ...]
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True)
class SparkText:
    """A text that Spark reads: an `expression` or a `query` of SQL, a `pattern` of dates, a `type`, or a `field` (`how`).

    A `type` is of Spark's SQL, or of a row's fields; what `StructType.add` takes for a `field` are other words.

    `strftime` is a pattern that pandas reads, without any `%`.

    `function` is what it is given to. `span` is the text without its quotes where it stands like that in the source
    (`exact`), else the argument. A name of a table that is put in when the model runs is `\\0`. `tried` as in MemberUse.
    """

    span: Span
    text: str
    how: str
    function: str
    worlds: tuple[World, ...]
    exact: bool = False
    tried: bool = False
