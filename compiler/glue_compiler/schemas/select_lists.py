"""The columns that a SQL model selects, read off its text before anything was built.

Only what is plainly written counts: names, aliases, and stars of what is read from one place. A
column that a macro may make, or that Spark names, leaves the rest unknown. Jinja is never rendered:
it may stand inside of an expression that has an alias, and in what comes after the select list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Relation
from glue_compiler.schemas.sql_names import name_of, star_of
from glue_compiler.schemas.sql_tokens import (
    CLOSES,
    OPENS,
    Token,
    Unclear,
    closing_token,
    is_balanced,
    tokens_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_RELATION = re.compile(
    r"""\{\{-?\s*(ref|source)\s*\(\s*(['"])([^'"{}]+)\2\s*(?:,\s*(['"])([^'"{}]+)\4\s*)?\)\s*-?\}\}"""
)
_ENDS_LIST = frozenset({"from", "where", "order", "limit", "union", "intersect", "except"})
_ENDS_FROM = frozenset(
    {
        *("where", "group", "having", "order", "limit", "window", "qualify", "cluster", "sort"),
        *("distribute", "union", "intersect", "except", "minus", "offset"),
    }
)
_SET_OPERATIONS = frozenset({"union", "intersect", "except", "minus"})
_CHANGES_ROWS_AND_COLUMNS = frozenset({"pivot", "unpivot", "tablesample", "match_recognize"})
_JOIN_WORDS = frozenset(
    {
        *("join", "inner", "left", "right", "full", "outer", "cross", "natural", "semi", "anti"),
        *("on", "using", "lateral", "tablesample", "pivot", "unpivot", "as", "for", "version"),
        *("timestamp",),
    }
)
_DEEPEST = 20
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Star:
    """All columns of a relation."""

    relation: Relation


@dataclass(frozen=True, slots=True)
class SelectList:
    """What a SQL model selects, in order; `open` where there are columns beyond these."""

    items: tuple[str | Star, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class _Query:
    """A query's tokens, and the named queries that it may read."""

    tokens: Sequence[Token]
    named: dict[str, _Query]
    columns: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def select_list(text: str) -> SelectList | None:
    """What a SQL model selects; None where nothing is certain."""
    tokens = tokens_of(text) if len(text) <= _LONGEST else None
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if tokens is None or any(token.text == ";" for token in tokens):
        return None
    try:
        found = _selected(_Query(tokens, {}), 0)
    except Unclear:
        return None
    return found if found.items else None


def _selected(query: _Query, depth: int) -> SelectList:
    if depth > _DEEPEST or not is_balanced(query.tokens):
        raise Unclear
    tokens, named = query.tokens, dict(query.named)
    start = 0
    if tokens and tokens[0].text == "with":
        start = _named_queries(tokens, named)
    if start >= len(tokens):
        raise Unclear
    if tokens[start].text == "(":
        inner = _Query(tokens[start + 1 : closing_token(tokens, start)], named)
        rest = tokens[closing_token(tokens, start) + 1 :]
        if rest and rest[0].text not in _SET_OPERATIONS | {"order", "limit"}:
            raise Unclear
        found = _selected(inner, depth + 1)
    elif tokens[start].text == "select":
        found = _list(_Query(tokens[start + 1 :], named), depth)
    else:
        raise Unclear
    if query.columns:
        return SelectList(query.columns)
    return found


def _named_queries(tokens: Sequence[Token], named: dict[str, _Query]) -> int:
    """Read `with a as (...), b as (...)` into `named`; the index of what comes after."""
    place = 1
    while True:
        name = _at(tokens, place)
        if name.kind not in ("word", "quoted"):
            raise Unclear
        place += 1
        columns: tuple[str, ...] = ()
        if _at(tokens, place).text == "(":
            end = closing_token(tokens, place)
            inside = tokens[place + 1 : end]
            if any(t.kind not in ("word", "quoted") and t.text != "," for t in inside):
                raise Unclear
            columns = tuple(t.name for t in inside if t.text != ",")
            place = end + 1
        if _at(tokens, place).text == "as":
            place += 1
        if _at(tokens, place).text != "(":
            raise Unclear
        end = closing_token(tokens, place)
        named[name.name.lower()] = _Query(tokens[place + 1 : end], dict(named), columns)
        place = end + 1
        if _at(tokens, place).text != ",":
            return place
        place += 1


def _list(query: _Query, depth: int) -> SelectList:
    """The select list at the start of the tokens."""
    tokens = query.tokens
    start = 1 if tokens and tokens[0].text in ("distinct", "all") else 0
    items: list[str | Star] = []
    is_open = False
    written, end = _items(tokens, start)
    for item in written:
        name = name_of(item)
        if name is not None:
            items.append(name)
            continue
        star = star_of(item)
        try:
            found = None if star is None else _all_columns(query, end, star, depth)
        except Unclear:
            found = None
        if found is None:
            is_open = True
        else:
            items += found.items
            is_open = is_open or found.open
    return SelectList(tuple(items), is_open)


def _items(tokens: Sequence[Token], start: int) -> tuple[list[list[Token]], int]:
    """What stands between the commas of a select list, and where the list ends."""
    items: list[list[Token]] = [[]]
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if depth == 0:
            if token.kind == "block":
                raise Unclear  # a part of the list that is there only sometimes
            if token.kind == "word" and token.text in _ENDS_LIST and _ends(items[-1], token):
                return items, place
            if token.text == ",":
                items.append([])
                continue
        depth += (token.text in OPENS) - (token.text in CLOSES)
        items[-1].append(token)
    return items, len(tokens)


def _ends(item: list[Token], token: Token) -> bool:
    """Whether a word ends the list, and is no column that has this name, nor `* except (...)`."""
    return not (item and item[-1].text in (".", "*" if token.text == "except" else "."))


def _all_columns(query: _Query, start: int, qualifier: str, depth: int) -> SelectList | None:
    """The columns of what a query reads under a qualifier, or of all that it reads; None when not known."""
    if _at(query.tokens, start).text != "from":
        return None
    sources, is_joined = _sources(query.tokens, start + 1)
    if sources is None:
        return None
    if qualifier:
        chosen = [source for name, source in sources if name == qualifier]
    else:
        chosen = [] if is_joined else [source for _, source in sources]
    if len(chosen) != 1:
        return None
    (source,) = chosen
    if len(source) != 1:
        return _selected(_Query(source, query.named), depth + 1)
    token = source[0]
    if token.kind == "jinja":
        relation = _relation(token.text)
        return None if relation is None else SelectList((Star(relation),))
    known = query.named.get(token.name.lower())
    return None if known is None else _selected(known, depth + 1)


_Sources = list[tuple[str, "Sequence[Token]"]]


def _sources(tokens: Sequence[Token], start: int) -> tuple[_Sources | None, bool]:
    """What a `from` reads, each with the name that columns are qualified by, and whether there is more than one."""
    found: _Sources = []
    is_joined = False
    expected = True
    place = start
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "word" and token.text in _ENDS_FROM:
            break
        if token.kind == "block" and not expected and _at(tokens, place + 1).text in _ENDS_FROM:
            break  # `{% if is_incremental() %} where ... {% endif %}`
        if token.kind == "block" or token.text in _CHANGES_ROWS_AND_COLUMNS:
            return None, True
        if expected:
            source, place = _source(tokens, place)
            name, place = _alias(tokens, place, source)
            if name is None:
                return None, True
            found.append((name, source))
            expected = False
            continue
        is_joined = True
        if token.text in ("join", ","):
            expected = True
        elif token.text == "(":
            place = closing_token(tokens, place)
        elif token.kind == "jinja" and not _may_be_expression(tokens, place):
            return None, True
        place += 1
    return (None if expected else found), is_joined


def _may_be_expression(tokens: Sequence[Token], place: int) -> bool:
    """Whether Jinja stands where only a value can be: beside an operator."""
    return tokens[place - 1].kind == "sign" or tokens[place - 1].text in ("on", "and", "or", "not")


def _source(tokens: Sequence[Token], place: int) -> tuple[Sequence[Token], int]:
    token = tokens[place]
    if token.text == "(":
        end = closing_token(tokens, place)
        return tokens[place + 1 : end], end + 1
    if token.kind in ("word", "quoted", "jinja"):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after is None or (after.text not in (".", "(") and not after.touches):
            return tokens[place : place + 1], place + 1
        if after.text in (")", ",", ";"):
            return tokens[place : place + 1], place + 1
    raise Unclear


def _alias(tokens: Sequence[Token], place: int, source: Sequence[Token]) -> tuple[str | None, int]:
    """The name that columns of a source are qualified by, and what comes after it."""
    token = tokens[place] if place < len(tokens) else None
    if token is not None and token.text == "as":
        place += 1
        token = tokens[place] if place < len(tokens) else None
        if token is None or token.kind not in ("word", "quoted"):
            return None, place
    named = token is not None and (
        token.kind == "quoted"
        or (token.kind == "word" and token.text not in _JOIN_WORDS | _ENDS_FROM)
    )
    if named and token is not None:
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after is not None and after.text == "(":
            return None, place  # `as t (a, b)` names the columns anew
        return token.name.lower(), place + 1
    # Without an alias it is the relation's name, which dbt may make another: only a named query keeps it.
    plain = len(source) == 1 and source[0].kind in ("word", "quoted")
    return source[0].name.lower() if plain else "", place


def _relation(text: str) -> Relation | None:
    match = _RELATION.fullmatch(text)
    if match is None:
        return None
    parts = (match[3],) if match[5] is None else (match[3], match[5])
    if match[1] == "source":
        return Relation("source", parts) if len(parts) == 2 else None
    return Relation("ref", parts)


def _at(tokens: Sequence[Token], place: int) -> Token:
    if place >= len(tokens):
        raise Unclear
    return tokens[place]
