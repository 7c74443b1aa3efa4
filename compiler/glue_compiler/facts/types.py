"""What the flow analysis found about the types of the values that an expression is made of."""

from __future__ import annotations

from dataclasses import dataclass

from glue_compiler.facts.places import FrameIndex  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.facts.worlds import World  # noqa: TC001 - the codec reads the hints at run time
from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in an expression, at its place: of a `type` (Spark's simple string), or the column `name` of a frame."""

    span: Span
    type: str | None = None
    frame: FrameIndex | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class TypedExpression:
    """An expression that Spark takes for some types only.

    `operation`: an operator (`==`, `<`, `+`, `&`, `~`, ...), a method of columns (`isin`, `like`, `getField`, ...),
    `when` and `coalesce` (whose operands are to have one type), `condition`, `cast` (`target` is the type), or a
    function of `pyspark.sql.functions`, whose argument at the place `argument` (from 0) the operand is.
    """

    span: Span
    operation: str
    operands: tuple[Operand, ...]
    worlds: tuple[World, ...]
    target: str | None = None
    argument: int | None = None
