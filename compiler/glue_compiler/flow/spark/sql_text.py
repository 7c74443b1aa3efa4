"""SQL in the texts of a model: what `expr`, `selectExpr` and `filter` read of a frame, and give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.columns import SparkText
from glue_compiler.flow.core.members import note_column
from glue_compiler.flow.core.objects import ConstValue, TextValue, items_or_itself, text_of
from glue_compiler.flow.spark.values import ColumnName, SparkColumn
from glue_compiler.text.source import Span
from glue_compiler.text.sql import SqlExpression, SqlName, read_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.flow.core.calls import Call, CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.flow.spark.values import SparkFrame


def note_text(
    it: Interpretation, value: Value, how: str, function: str, place: Span | None = None
) -> None:
    """Record a text that Spark reads, of which everything is known but names of tables.

    `place` is where it stands if the text does not tell.
    """
    if not it.recorder.on:
        return
    span = value.span if isinstance(value, ConstValue) else None
    text = text_of(value)
    if text is None and isinstance(value, TextValue) and not value.scalars:
        # A part that is nothing but `dbt.this` can open no parenthesis and no quote.
        text = value.prefix if value.prefix.count("\0") == len(value.relations) else None
    exact = text is not None and span is not None and it.tree.slice(span) == text
    span = span if exact else place or span
    if text is not None and span is not None:
        tried = it.attempts > 0
        it.recorder.add("spark_texts", SparkText(span, text, how, function, (), exact, tried))


def note_query(it: Interpretation, call: Call, arg: CallArgument) -> None:
    """Record the text of `session.sql(text)`; with more arguments Spark puts them into it."""
    if len(call.args) == 1 and not call.open:
        note_text(it, arg.value, "query", "session.sql", it.spans[arg.node])


def sql_columns(it: Interpretation, value: Value) -> tuple[SparkColumn, ...]:
    """The columns that one expression of SQL gives; one of which nothing is known where it is not understood."""
    text = text_of(value)
    found = None if text is None else read_expression(text)
    if found is None:
        return (SparkColumn(),)
    names = _places(it, value, found)
    reads = tuple(names.values())
    if found.star:
        return (SparkColumn(reads, "*"),)
    if len(found.names) > 1:
        return tuple(SparkColumn(reads, name) for name in found.names)
    name = found.names[0] if found.names else None
    plain = None if found.plain is None else names.get(found.plain)
    return (SparkColumn(reads, name, found.type, plain),)


def note_sql_condition(
    it: Interpretation, frame: SparkFrame, value: Value, method: str, *, must_exist: bool
) -> None:
    """Record the columns that a condition in a text names."""
    # Where a frame may have any columns, nothing that could be said is worth reading the text.
    if not frame.schema.has_all_names or not it.recorder.on or text_of(value) is None:
        return
    for column in sql_columns(it, value):
        for read in column.reads:
            note_column(it, frame, read.name, read.span, "sql", method, must_exist=must_exist)


def expressions_of(it: Interpretation, call: Call) -> list[SparkColumn]:
    """The columns of `selectExpr(...)`."""
    found: list[SparkColumn] = []
    for arg in call.args:
        for value in items_or_itself(arg.value):
            note_text(it, value, "expression", "selectExpr")
            found += sql_columns(it, value)
    return found


def names_given(values: Iterable[Value]) -> frozenset[str]:
    """The names, in lower case, that expressions of a call give: later ones may read them (since Spark 3.4)."""
    return frozenset(
        {
            value.name.lower()
            for value in values
            if isinstance(value, SparkColumn)
            and value.name is not None
            and (value.plain is None or value.plain.name.lower() != value.name.lower())
        }
    )


def _places(it: Interpretation, value: Value, found: SqlExpression) -> dict[SqlName, ColumnName]:
    """The columns that a text names where they stand in the source; none where that is not exact.

    The text of a literal with escapes, or of several, stands otherwise in the source.
    """
    span = value.span if isinstance(value, ConstValue) else None
    if span is None or it.tree.slice(span) != text_of(value):
        return {}
    return {
        name: ColumnName(name.name, Span(span[0] + name.start, span[0] + name.end), "sql")
        for name in found.reads
    }
