"""Queries of Spark SQL, read by sqlglot: what they read from, which columns they name and where, and what they select.

A query is described without the tables: which columns those have is for others to say. What is not understood is left
out, or makes its part one that nobody judges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glue_compiler.text.sql import (
    NO_COLUMN,
    UNITS,
    expressions,
    is_unclear,
    parsed,
    placed,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    _Named: TypeAlias = "Mapping[str, SqlQuery | None]"

_LONGEST = 20_000
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_KNOWN_PARTS = frozenset(
    {
        *("expressions", "from", "joins", "where", "group", "having", "order", "sort", "cluster"),
        *("distribute", "distinct", "limit", "offset", "with", "windows", "hint"),
    }
)
# Parts that may name what the select list makes; so may later ones of its own expressions (since Spark 3.4).
_READS_ALIASES = ("group", "having", "order", "sort", "cluster", "distribute", "windows")
_READS_ROWS = ("where",)


@dataclass(frozen=True, slots=True)
class SqlRead:
    """A column that a query names, with a qualifier if it has one; `start` and `end` are where its letters stand."""

    name: str
    qualifier: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SqlOutput:
    """What an item of a select list gives: all columns (`star`, perhaps of a qualifier), or one by its name.

    `plain` is the column that it is. `name` is None where it is not known here, nor how many columns it gives.
    """

    name: str | None = None
    star: bool = False
    qualifier: str | None = None
    plain: SqlRead | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class SqlSource:
    """What a query reads from: a table by the name that is written, or a query; None of them where it is not known.

    `alias` is the name, in lower case, by which columns are qualified.
    """

    alias: str
    table: str | None = None
    query: SqlQuery | None = None


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """One `select`; of a union the others are in `beside`, and `inside` are queries in its expressions.

    `closed`: nothing else can be named in it than columns of its sources, and what queries around it read.
    `merged`: not all columns of all sources are in `*`.
    """

    sources: tuple[SqlSource, ...]
    reads: tuple[SqlRead, ...]
    outputs: tuple[SqlOutput, ...]
    inside: tuple[SqlQuery, ...] = ()
    beside: tuple[SqlQuery, ...] = ()
    closed: bool = True
    merged: bool = False


@lru_cache(maxsize=1024)
def read_query(text: str) -> SqlQuery | None:
    """The query that a text is; None where it is another statement, or not understood."""
    if len(text) > _LONGEST or _QUERY.match(text) is None:
        return None
    tree = parsed(text)
    return None if tree is None or is_unclear(tree) else _query(tree, text, {})


def _query(node: Any, text: str, named: _Named) -> SqlQuery | None:
    exp = expressions()
    parts = _parts(node)
    if "with" in parts:
        if parts["with"].args.get("recursive"):
            return None
        inner: dict[str, SqlQuery | None] = dict(named)
        for each in parts["with"].expressions:
            renames = each.args["alias"].args.get("columns")
            query = _query(each.this, text, inner)
            inner[each.alias.lower()] = None if renames else query
        named = inner
    if isinstance(node, exp.Subquery) and not parts.keys() - {"this", "alias", "with"}:
        return _query(node.this, text, named)
    if isinstance(node, exp.SetOperation):
        first = _query(node.left, text, named)
        second = _query(node.right, text, named)
        if first is None or second is None:
            return None
        return SqlQuery((), (), (), (), (first, second))
    return _select(node, parts, text, named) if type(node) is exp.Select else None


def _parts(node: Any) -> dict[str, Any]:
    """The parts that are there, by names that all versions of sqlglot have."""
    return {key.rstrip("_"): part for key, part in node.args.items() if part}


def _select(node: Any, parts: dict[str, Any], text: str, named: _Named) -> SqlQuery:
    closed = not parts.keys() - _KNOWN_PARTS
    merged = False
    sources: list[SqlSource] = []
    reads = _Reads(text, named)
    outputs = tuple(output for item in node.expressions for output in _outputs(item, text))
    given = frozenset(
        output.name.lower()
        for output in outputs
        if output.name is not None
        and (output.plain is None or output.plain.name.lower() != output.name.lower())
    )
    for item in node.expressions:
        reads.add(item, given)
    if "from" in parts:
        sources.append(_source(parts["from"].this, text, named))
    for join in parts.get("joins", ()):
        sources.append(_source(join.this, text, named))
        kind = _parts(join)
        if kind.keys() - {"this", "side", "kind", "on"}:
            merged = True
            closed = closed and not kind.keys() - {"this", "side", "kind", "on", "using"}
        merged = merged or join.kind.upper() in ("SEMI", "ANTI")
        if "on" in kind:
            reads.add(kind["on"], frozenset())
    for part in _READS_ROWS:
        if part in parts:
            reads.add(parts[part], frozenset())
    for part in _READS_ALIASES:
        for each in _listed(parts.get(part)):
            reads.add(each, given)
    known = closed and reads.clear
    return SqlQuery(
        tuple(sources), tuple(reads.found), outputs, tuple(reads.inside), (), known, merged
    )


def _listed(part: Any) -> list[Any]:
    return part if isinstance(part, list) else [] if part is None else [part]


def _source(node: Any, text: str, named: _Named) -> SqlSource:
    exp = expressions()
    parts = _parts(node)
    alias = node.alias.lower()
    renames = "alias" in parts and parts["alias"].args.get("columns")
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = node.name if node.db == "" else f"{node.db}.{node.name}"
        alias = alias or node.name.lower()
        if renames or parts.keys() - {"this", "db", "alias"}:
            return SqlSource(alias)
        if node.db == "" and name.lower() in named:
            return SqlSource(alias, None, named[name.lower()])
        return SqlSource(alias, name)
    if isinstance(node, exp.Subquery) and not renames and not parts.keys() - {"this", "alias"}:
        return SqlSource(alias, None, _query(node.this, text, named))
    return SqlSource(alias)


class _Reads:
    """The columns and queries found in the expressions of one `select`."""

    def __init__(self, text: str, named: _Named) -> None:
        self.found: list[SqlRead] = []
        self.inside: list[SqlQuery] = []
        self.clear = True
        self._text = text
        self._named = named

    def add(self, node: Any, given: frozenset[str]) -> None:
        """Add what an expression reads, but for names that are `given`."""
        exp = expressions()
        variables: set[str] = set()
        found: list[SqlRead] = []
        for each in node.walk(prune=lambda one: isinstance(one, exp.Query)):
            if isinstance(each, exp.Query):
                query = _query(each, self._text, self._named)
                if query is not None:
                    self.inside.append(_without(query, given))
            elif isinstance(each, exp.Lambda):
                variables.update(one.name.lower() for one in each.expressions)
            elif isinstance(each, exp.Aliases) and isinstance(each.this, exp.Column):
                self.clear = (
                    False  # `cube(a)`: a function whose name the parser keeps for something else
                )
            elif isinstance(each, exp.Column):
                read = _read(each, self._text)
                if read is not None:
                    found.append(read)
        for read in found:
            name = (read.qualifier or read.name).lower()
            if name not in variables and (read.qualifier is not None or name not in given):
                self.found.append(read)


def _read(column: Any, text: str) -> SqlRead | None:
    """The column that is named; None for a field of a struct, and for what only looks like a column."""
    exp = expressions()
    if not isinstance(column.this, exp.Identifier) or column.args.get("db"):
        return None
    found = placed(column.this, text)
    if found is None:
        return None
    qualifier = column.table or None
    name = found.name.lower()
    if qualifier is None and (
        NO_COLUMN.fullmatch(name)
        or (name in UNITS and isinstance(column.parent, exp.Func))
        or (name == "all" and isinstance(column.parent, exp.Group))
    ):
        return None
    return SqlRead(found.name, qualifier, found.start, found.end)


def _without(query: SqlQuery, given: frozenset[str]) -> SqlQuery:
    """A query in an expression that may also read some names."""
    if not given:
        return query
    reads = tuple(
        read for read in query.reads if read.qualifier is not None or read.name.lower() not in given
    )
    inside = tuple(_without(each, given) for each in query.inside)
    beside = tuple(_without(each, given) for each in query.beside)
    return SqlQuery(query.sources, reads, query.outputs, inside, beside, query.closed, query.merged)


def _outputs(item: Any, text: str) -> Iterator[SqlOutput]:
    exp = expressions()
    if isinstance(item, exp.Star):
        yield SqlOutput(None, star=not any(item.args.values()))
    elif isinstance(item, exp.Aliases):
        for each in item.expressions:
            yield SqlOutput(each.name)
    else:
        named = isinstance(item, exp.Alias)
        inner = item.this if named else item
        if isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star):
            is_all = not named and not any(inner.this.args.values()) and not inner.args.get("db")
            yield SqlOutput(None, is_all, inner.table.lower() or None)
            return
        plain = _read(inner, text) if isinstance(inner, exp.Column) else None
        if named:
            yield SqlOutput(item.alias, False, None, plain, type_of(inner))
        else:
            yield SqlOutput(None if plain is None else plain.name, False, None, plain)
