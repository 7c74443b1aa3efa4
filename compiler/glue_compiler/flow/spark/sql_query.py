"""The columns of queries in texts: those that `session.sql` names of views whose columns are known, and those it gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core.members import note_column
from glue_compiler.flow.core.objects import ConstValue, TextValue
from glue_compiler.flow.core.schemas import column_of
from glue_compiler.flow.core.values import OPEN
from glue_compiler.flow.spark.values import SparkFrame
from glue_compiler.text.changed import changed
from glue_compiler.text.source import Span
from glue_compiler.text.sql_query import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glue_compiler.facts.schemas import Base
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.text.sql_query import SqlOutput, SqlQuery, SqlRead

UNNAMED = "ø"
"""What a name that is put in when the model runs is read as: one letter, so that places stay."""


class _Scope(NamedTuple):
    """What the names of one `select` can be: frames by their aliases, None where one is not known."""

    sources: tuple[tuple[str, SparkFrame | None], ...]
    closed: bool


def query_schema(
    it: Interpretation, value: Value, place: Span, table: Callable[[str], SparkFrame | None]
) -> Schema:
    """The columns that a query gives; those that it names are recorded. `table` gives what a name in it reads."""
    if isinstance(value, ConstValue) and isinstance(value.value, str):
        text = value.value
    elif isinstance(value, TextValue) and not value.scalars:
        if value.prefix.count("\0") != len(value.relations):
            return OPEN
        text = value.prefix.replace("\0", UNNAMED)
    else:
        return OPEN
    query = read_query(text)
    return OPEN if query is None else _Query(it, value, text, place, table).schema(query, ())


class _Query:
    def __init__(
        self,
        it: Interpretation,
        value: Value,
        text: str,
        place: Span,
        table: Callable[[str], SparkFrame | None],
    ) -> None:
        self._it = it
        self._text = text
        span = value.span if isinstance(value, ConstValue) else None
        self._exact = span is not None and it.tree.slice(span) == text
        self._span = place if span is None else Span(*span)
        self._table = table

    def schema(self, query: SqlQuery, around: Sequence[_Scope]) -> Schema:
        """What a query gives in the scopes of the queries around it."""
        if query.beside:
            first, *_ = [self.schema(each, around) for each in query.beside]
            if not first.exact:
                return OPEN
            return Schema(tuple(Column(column.name) for column in first.columns))
        sources = tuple(
            (
                source.alias,
                self._table(source.table)
                if source.table is not None
                else None
                if source.query is None
                else SparkFrame(self.schema(source.query, around)),
            )
            for source in query.sources
        )
        scope = _Scope(sources, query.closed and all(map(_has_all_names, sources)))
        scopes = (scope, *around)
        noted = self._it.recorder.on and not self._it.attempts
        if noted and all(each.closed for each in scopes):
            self._note(query.reads, scopes)
        for each in query.inside:
            self.schema(each, scopes)
        return _selected(query, scope)

    def _note(self, reads: Sequence[SqlRead], scopes: Sequence[_Scope]) -> None:
        every = [frame for scope in scopes for _, frame in scope.sources if frame is not None]
        if not every:
            return
        whole = every[0] if len(every) == 1 else _together(every)
        for read in reads:
            frame: SparkFrame | None = whole
            if read.qualifier is not None:
                frame = _qualified(read.qualifier, scopes)
            span = None if frame is None else self._place(read)
            if frame is not None and span is not None:
                note_column(
                    self._it,
                    frame,
                    read.name,
                    span,
                    "sql",
                    "session.sql",
                    qualifier=read.qualifier,
                    beside=whole,
                )

    def _place(self, read: SqlRead) -> Span | None:
        """Where a name stands in the source; a text that stands there otherwise tells by its only one."""
        start = self._span.start
        if self._exact:
            return Span(start + read.start, start + read.end)
        name = re.compile(rf"(?<![\w{{]){re.escape(read.name)}(?!\w)")
        found = list(name.finditer(self._it.tree.slice(self._span)))
        if len(found) != 1 or len(name.findall(self._text)) != 1:
            return None
        return Span(start + found[0].start(), start + found[0].end())


def _has_all_names(source: tuple[str, SparkFrame | None]) -> bool:
    return source[1] is not None and source[1].schema.has_all_names


def _together(frames: Sequence[SparkFrame]) -> SparkFrame:
    """All that has a name in some frames."""
    columns = tuple(column for frame in frames for column in frame.schema.columns)
    bases = tuple(dict.fromkeys(base for frame in frames for base in frame.schema.bases))
    return SparkFrame(Schema(columns, bases, True, True))


def _qualified(alias: str, scopes: Sequence[_Scope]) -> SparkFrame | None:
    for scope in scopes:
        for name, frame in scope.sources:
            if name == alias.lower():
                return frame
    return None


def _selected(query: SqlQuery, scope: _Scope) -> Schema:
    columns: list[Column] = []
    bases: tuple[Base, ...] = ()
    is_open, whole = False, True
    for output in query.outputs:
        if output.star:
            chosen = _all_of(output, query, scope)
            for schema in chosen:
                bases += schema.bases
                columns += schema.columns
                is_open = is_open or schema.open
                whole = whole and schema.has_all_names
            known = bool(chosen)
        else:
            known = output.name is not None
            if output.name is not None:
                columns.append(_column(output.name, output, scope))
        if not known:
            is_open, whole = True, False
    # In which order they come, and which name is there twice, is not known then.
    is_open = is_open or (bool(bases) and len(bases) + len(columns) > 1)
    return Schema(tuple(columns), bases, is_open, is_open and whole)


def _all_of(output: SqlOutput, query: SqlQuery, scope: _Scope) -> list[Schema]:
    """The schemas of `*` or `a.*`; none where one is not known."""
    if output.qualifier is None and query.merged:
        return []
    chosen = [
        frame
        for alias, frame in scope.sources
        if output.qualifier is None or alias == output.qualifier
    ]
    found = [frame.schema for frame in chosen if frame is not None]
    return found if len(found) == len(chosen) else []


def _column(name: str, output: SqlOutput, scope: _Scope) -> Column:
    """A column that is selected, with its type and origin when they are known."""
    plain = output.plain
    if plain is None:
        return Column(name, output.type)
    if plain.qualifier is not None:
        frame = _qualified(plain.qualifier, (scope,))
    else:
        frame = scope.sources[0][1] if len(scope.sources) == 1 else None
    if frame is None:
        return Column(name)
    return changed(column_of(frame.schema, plain.name), name=name)
