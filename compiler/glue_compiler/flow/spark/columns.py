"""Spark columns: what expressions and methods make of them, and what facts tell about those they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.facts.frames import Watermark
from glue_compiler.flow.core.members import member_of, note_column, note_member
from glue_compiler.flow.core.objects import (
    ConstValue,
    DictValue,
    ListValue,
    MethodValue,
    ScalarValue,
    items_of,
    items_or_itself,
    text_of,
)
from glue_compiler.flow.core.schemas import one_name, plain
from glue_compiler.flow.core.usage import TURNED
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, Value
from glue_compiler.flow.spark.forms import form_of_method, window_form
from glue_compiler.flow.spark.parts import Parts, together
from glue_compiler.flow.spark.types import spark_type
from glue_compiler.flow.spark.typing import (
    note_types,
    term,
    with_cast,
    with_comparison,
    with_field,
    with_method,
    with_operator,
    with_sign,
)
from glue_compiler.flow.spark.values import ColumnName, MaximumFact, SparkColumn, SparkObject
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import Comparison
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.spark.values import SparkFrame, Typed
    from glue_compiler.text.source import Span

_SORTS = frozenset(
    {
        *("desc", "asc", "desc_nulls_last", "desc_nulls_first"),
        *("asc_nulls_first", "asc_nulls_last"),
    }
)

_NAMES_COLUMNS = frozenset({"partitionBy", "orderBy"})
"""The methods of a window that take names of columns."""


def merged_columns(values: list[Value]) -> SparkColumn:
    """An expression of columns: it reads what its parts read."""
    reads: dict[Any, None] = {}
    python_udf = nondeterministic = False
    watermarks: tuple[MaximumFact, ...] = ()
    parts: list[Parts] = []
    settled = True
    typed: tuple[Typed, ...] = ()
    for value in values:
        if isinstance(value, SparkColumn):
            reads.update(dict.fromkeys(value.reads))
            python_udf = python_udf or value.python_udf
            nondeterministic = nondeterministic or value.nondeterministic
            watermarks += value.watermarks
            typed += value.typed
            parts.append(value.parts)
            settled = settled and value.settled
        elif isinstance(value, ListValue):
            inner = merged_columns(list(value.items or ()))
            reads.update(dict.fromkeys(inner.reads))
            python_udf = python_udf or inner.python_udf
            watermarks += inner.watermarks
            typed += inner.typed
            parts.append(inner.parts)
            settled = settled and inner.settled
    return SparkColumn(
        tuple(reads),
        None,
        None,
        None,
        python_udf,
        nondeterministic,
        False,
        None,
        watermarks,
        form="made",
        parts=together(parts),
        settled=settled,
        typed=typed,
    )


def bound_column(read: ColumnName) -> SparkColumn:
    """The column that the text names by a plain name."""
    return SparkColumn((read,), read.name, None, read, form="column", parts=Parts(loose=read.name))


def as_column(value: Value) -> Value:
    """A text where a function takes a column's name; any other value as it is."""
    if isinstance(value, ConstValue) and isinstance(value.value, str):
        if value.span is None or not one_name(value.value):
            return SparkColumn()
        return bound_column(ColumnName(value.value, value.span, "col"))
    return value


def output_name(text: str) -> str | None:
    """The name of the column that a text such as `order.id` selects; `*` for all of them, None when not known."""
    if plain(text) or text == "*":
        return text
    last = text.rpartition(".")[2]
    return last if last.isidentifier() else None


def column_operator(
    it: Interpretation, node: cst.BinaryOperation, left: Value, right: Value
) -> Value:
    """`column + 1`, `1 + column`."""
    return with_operator(it, node, merged_columns([left, right]), left, right)


def column_sign(it: Interpretation, node: cst.UnaryOperation, column: SparkColumn) -> Value:
    """`-column`, `~column`."""
    return with_sign(it, node, merged_columns([column]), column)


def column_item(
    it: Interpretation, node: cst.Subscript, column: SparkColumn, _index: Value
) -> Value:
    """`column[0]`, `column["field"]`."""
    made = changed(merged_columns([column]), sure=column.sure)
    return with_field(it, node, made, column, node.value)


def column_comparison(it: Interpretation, found: Comparison) -> Value | None:
    """A condition; one that compares with a maximum is remembered until a filter uses it.

    Identity and membership are plain values.
    """
    if found.operator in ("is", "is not", "in", "not in"):
        return None
    merged = merged_columns([found.left, found.right])
    left = term(it, found.left, found.node.left)
    right = term(it, found.right, found.target.comparator)
    result = with_comparison(it, merged, found.operator, found.node, left, right)
    mark = _watermark(it, found)
    return result if mark is None else changed(result, watermarks=(*result.watermarks, mark))


def _watermark(it: Interpretation, found: Comparison) -> MaximumFact | None:
    for value, expression, turned in (
        (found.right, found.target.comparator, False),
        (found.left, found.node.left, True),
    ):
        scalar = value.scalar if isinstance(value, SparkColumn) else value
        if not isinstance(scalar, ScalarValue) or scalar.maximum_of is None:
            continue
        word = TURNED.get(found.operator, found.operator) if turned else found.operator
        if word in (">", ">="):
            return _maximum_fact(it, it.spans[found.node], expression, scalar, word)
    return None


def _maximum_fact(
    it: Interpretation, span: Span, expression: cst.CSTNode, scalar: ScalarValue, operator: str
) -> MaximumFact:
    """The comparison with a maximum as it will be reported when a filter uses it."""
    relations = scalar.maximum_of or ()
    return MaximumFact(
        span=span,
        value_span=it.spans[expression],
        source=scalar.source or it.spans[expression],
        relation=relations[0] if len(relations) == 1 else None,
        operator=operator,
        name=expression.value if type(expression) is cst.Name else None,
        guarded=scalar.guarded or it.guarded,
    )


def column_attribute(
    it: Interpretation, node: cst.Attribute, column: SparkColumn, _env: Env
) -> Value:
    """`column.name` that is not called: a method, or a field of a struct."""
    member = member_of(it, column, node.attr.value)
    if member is None:
        return SparkColumn(column.reads)
    note_member(it, node, column)
    if member.kind != "property" and member.callable:
        return MethodValue(column, node.attr.value, node)
    return SparkObject(member.result) if member.result.startswith("spark.") else UNKNOWN


def column_method(
    it: Interpretation, call: Call, method: MethodValue, column: SparkColumn, _env: Env
) -> Value:
    """`column.name(...)`."""
    value = _method_value(it, call, column, method.name)
    if value.window:
        value = changed(value, form=window_form(call, method.name, column.form))
    else:
        form, parts = form_of_method(it, call, method.name, column, value.parts)
        value = changed(value, form=form, parts=parts, sure=column.sure)
    note_member(it, method.node, column, call, value)
    return value


def _method_value(it: Interpretation, call: Call, column: SparkColumn, name: str) -> SparkColumn:
    if name in ("alias", "name"):
        text = text_of(call.value(0))
        single = text is not None and len(call.args) == 1
        return changed(column, name=text if single else None)
    if name in ("cast", "astype"):
        return with_cast(it, call, column, _type_of(call.value(0, "dataType")))
    if name in _SORTS:
        return changed(column, name=None)
    values = [arg.value for arg in call.args]
    if column.window and name in _NAMES_COLUMNS:
        values = [as_column(item) for value in values for item in items_or_itself(value)]
    found = merged_columns([column, *values])
    for arg in call.args:
        if isinstance(arg.value, FrameValue):
            it.escape(arg.value, "operator")
    return (
        changed(found, window=True) if column.window else with_method(it, call, name, found, column)
    )


def _type_of(value: Value) -> str | None:
    """The type that the argument of `cast` names."""
    text = text_of(value)
    if text is not None:
        return spark_type(text)
    if isinstance(value, SparkObject) and value.owner == "type" and value.columns:
        return value.columns[0].type
    return None


def note_columns_in(
    it: Interpretation,
    frame: SparkFrame,
    value: Value,
    how: str,
    method: str,
    *,
    must_exist: bool = True,
    given: frozenset[str] = frozenset(),
) -> None:
    """Record the columns that an argument names: strings, columns, lists and dict keys of them.

    `given` are names, in lower case, that the same call gives, which need not be the frame's.
    """
    if isinstance(value, ConstValue):
        if isinstance(value.value, str) and value.span is not None:
            needed = must_exist and value.value.lower() not in given
            note_column(it, frame, value.value, value.span, how, method, must_exist=needed)
    elif isinstance(value, SparkColumn):
        for read in value.reads:
            # A column that is bound to a frame was recorded with it.
            if read.frame is None:
                needed = must_exist and read.name.lower() not in given
                note_column(it, frame, read.name, read.span, read.how, method, must_exist=needed)
        if value.typed:
            note_types(it, frame, value, given)
    elif isinstance(value, DictValue):
        for key, _ in value.items or ():
            note_columns_in(it, frame, key, how, method, must_exist=must_exist, given=given)
    else:
        for item in items_of(value) or ():
            note_columns_in(it, frame, item, how, method, must_exist=must_exist, given=given)


def note_watermarks(it: Interpretation, condition: Value) -> None:
    """Record comparisons with a maximum in a condition that filters a frame."""
    for mark in condition.watermarks if isinstance(condition, SparkColumn) else ():
        it.recorder.add(
            "watermarks",
            Watermark(
                span=mark.span,
                value_span=mark.value_span,
                source_span=mark.source,
                relation=mark.relation,
                worlds=(),
                guarded=mark.guarded,
                operator=mark.operator,
                value_name=mark.name,
            ),
        )
