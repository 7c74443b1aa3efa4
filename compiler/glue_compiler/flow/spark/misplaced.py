"""Columns that Spark refuses as arguments of a frame's method: aggregates where there are rows, windows in conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.columns import ForeignColumn, MisplacedColumn
from glue_compiler.flow.core.objects import DictValue, items_or_itself, text_of
from glue_compiler.flow.core.schemas import plain
from glue_compiler.flow.spark.parts import NO_PARTS
from glue_compiler.flow.spark.values import SparkColumn, SparkFrame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.facts.schemas import Relation
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.flow.spark.values import SparkGroups
    from glue_compiler.text.source import Span

    Given = tuple[Span, Value]

_ADDS = frozenset({"withColumn", "withColumns"})
_KEYS = frozenset({"groupBy", "groupby", "rollup", "cube"})
_CONDITIONS = frozenset({"filter", "where"})
# Above an aggregation these find its functions.
_MAY_NAME_AGGREGATES = _CONDITIONS | {"orderBy", "sort"}
_OF_ROWS = _ADDS | _KEYS | _MAY_NAME_AGGREGATES | {"join"}
_PROJECTS = _ADDS | {"select", "agg"}
_JUDGED = _OF_ROWS | _PROJECTS
# Kinds of relations that are other tables where their names differ.
_COMPARED = (frozenset({"ref", "this"}), frozenset({"source"}))


def note_arguments(
    it: Interpretation,
    call: Call,
    frame: SparkFrame,
    method: str,
    grouped: SparkGroups | None = None,
) -> None:
    """Record the columns among the arguments of a method that Spark refuses there."""
    if method not in _JUDGED or not it.recorder.on or it.attempts:
        return
    given = [(it.spans[arg.node], value) for arg in call.args for value in _columns(arg.value)]
    note_misplaced(it, frame, method, given)
    others: tuple[SparkFrame, ...] = ()
    if method == "join":
        other = call.value(0, "other")
        others = (other,) if isinstance(other, SparkFrame) else (SparkFrame(mixed=True),)
    note_foreign(it, (frame, *others), method, [value for _, value in given])
    if method == "select" and not call.open:
        _note_beside(it, given)
    elif grouped is not None and not call.open:
        _note_ungrouped(it, grouped, given)


def _columns(value: Value) -> Iterator[Value]:
    if isinstance(value, DictValue):
        for _, item in value.items or ():
            yield item
    else:
        yield from items_or_itself(value)


def note_misplaced(
    it: Interpretation, frame: SparkFrame, method: str, given: Sequence[Given]
) -> None:
    """Record each of some columns that Spark refuses in a method by itself."""
    if not it.recorder.on or it.attempts:
        return
    for span, value in given:
        if not isinstance(value, SparkColumn) or value.parts is NO_PARTS:
            continue
        parts = value.parts
        found: tuple[str, str] | None = None
        if parts.ranking is not None and method in _PROJECTS | _CONDITIONS:
            found = "no_window", parts.ranking
        elif parts.nested is not None and method in _PROJECTS | _CONDITIONS:
            found = "nested", parts.nested
        elif parts.nested_over is not None and method in ("select", "agg"):
            found = "nested_over", parts.nested_over
        elif parts.over is not None and method in _CONDITIONS:
            found = "filter", parts.over
        elif parts.aggregate is not None and _has_rows(frame, method):
            found = "rows", parts.aggregate
        if found is not None:
            problem, name = found
            it.recorder.add("misplaced", MisplacedColumn(span, problem, (), name, method))


def note_foreign(
    it: Interpretation, frames: Sequence[SparkFrame], method: str, given: Sequence[Value]
) -> None:
    """Record columns of frames that have nothing in common with those whose method gets them."""
    reads = [
        read
        for value in given
        if isinstance(value, SparkColumn) and value.settled
        for read in value.reads
        if read.frame is not None and read.frame not in frames
    ]
    if not reads or not it.recorder.on or it.attempts:
        return
    for read in reads:
        source = read.frame
        if source is not None and all(_unrelated(frame, source) for frame in frames):
            it.recorder.add(
                "foreign_columns",
                ForeignColumn(
                    span=read.span,
                    name=read.name,
                    method=method,
                    frame=it.recorder.frame(frames[0]),
                    source=it.recorder.frame(source),
                    worlds=(),
                ),
            )


def _unrelated(left: SparkFrame, right: SparkFrame) -> bool:
    """Whether frames surely read other tables: models beside models, sources beside sources."""
    if left.mixed or right.mixed or not left.relations or not right.relations:
        return False
    both = (*left.relations, *right.relations)
    if not any(all(relation.kind in kinds for relation in both) for kinds in _COMPARED):
        return False
    names = {_last_name(relation) for relation in left.relations}
    return names.isdisjoint(map(_last_name, right.relations))


def _last_name(relation: Relation) -> tuple[str, str]:
    return relation.kind, relation.parts[-1].lower() if relation.parts else ""


def _has_rows(frame: SparkFrame, method: str) -> bool:
    """Whether an aggregate surely stands beside the rows of a frame in a method's argument."""
    if method in _ADDS:
        # The only column of a frame may be replaced by its sum.
        return not frame.schema.exact or len(frame.schema.columns) > 1
    return method in _OF_ROWS and not (frame.top and method in _MAY_NAME_AGGREGATES)


def _note_beside(it: Interpretation, given: Sequence[Given]) -> None:
    """Record an aggregate beside a column that no group gives a value: `select("a", F.sum("b"))`."""
    columns = [(span, value) for span, value in given if isinstance(value, SparkColumn)]
    found = next(((s, c) for s, c in columns if c.parts.aggregate is not None), None)
    if found is None:
        return
    loose = _loose([value for _, value in given])
    if loose is not None:
        span, column = found
        it.recorder.add(
            "misplaced",
            MisplacedColumn(span, "beside", (), column.parts.aggregate, "select", loose),
        )


def _note_ungrouped(it: Interpretation, grouped: SparkGroups, given: Sequence[Given]) -> None:
    """Record a column of `agg` that is neither in an aggregate nor one of the keys."""
    if grouped.keys is None or not grouped.named or grouped.pivoted:
        return
    keys = {key.name.lower() for key in grouped.keys}
    for span, value in given:
        loose = value.parts.loose if isinstance(value, SparkColumn) else None
        if loose is None or loose.lower() in keys or _loose([v for _, v in given], loose) is None:
            continue
        it.recorder.add("misplaced", MisplacedColumn(span, "ungrouped", (), loose, "agg"))


def _loose(values: Sequence[Value], wanted: str | None = None) -> str | None:
    """A column (or the wanted one) that a projection surely reads outside of aggregates; None when it may read an alias.

    Spark lets an expression read the alias of an earlier one in the same call (since 3.4).
    """
    found: list[tuple[str | None, str | None]] = []
    for value in values:
        if isinstance(value, SparkColumn):
            if value.form in ("", "named") and value.name is None:
                return None
            alias = None if value.form == "column" else value.name
            found.append(("*" if value.name == "*" else value.parts.loose, alias))
        else:
            text = text_of(value)
            if text is None:
                return None
            found.append((text if text == "*" or plain(text) else None, None))
    for place, (name, _) in enumerate(found):
        others = (alias for at, (_, alias) in enumerate(found) if at != place and alias is not None)
        if (
            name is not None
            and wanted in (None, name)
            and name.lower() not in map(str.lower, others)
        ):
            return name
    return None
