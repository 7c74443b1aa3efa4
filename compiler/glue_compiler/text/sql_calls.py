"""The functions that a text of Spark SQL calls, by the names that stand there.

sqlglot's tree has many functions under another name than the text, so its tokens are read; the tree only proves that
the text is understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.text.sql import SqlName, parsed, spark_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_SELECT = "SELECT "
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_CALL = re.compile(r"(?<![\w.`])([A-Za-z_]\w*)\s*\(", re.ASCII)
# Hints have names of their own, and a variable may be anything.
_UNCLEAR = re.compile(r"/\*\+|\$\{|\\")
_BEFORE_A_VALUE = frozenset(
    {
        *("SELECT", "DISTINCT", "ALL", "WHERE", "ON", "HAVING", "AND", "OR", "NOT", "CASE", "WHEN"),
        *("THEN", "ELSE", "BETWEEN", "LIKE", "RLIKE", "IN", "GROUP_BY", "ORDER_BY", "PARTITION_BY"),
        *("SORT_BY", "CLUSTER_BY", "DISTRIBUTE_BY", "L_PAREN", "COMMA", "PLUS", "DASH", "STAR"),
        *("SLASH", "DIV", "MOD", "DPIPE", "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "NULLSAFE_EQ"),
        *("AMP", "PIPE", "CARET", "TILDE", "ARROW"),
    }
)
_TYPES = frozenset(
    {
        *("decimal", "dec", "numeric", "number", "varchar", "varchar2", "nvarchar", "char"),
        *("character", "binary", "varbinary", "timestamp", "time", "interval", "float", "double"),
    }
)


def calls_in(text: str, *, query: bool, unknown: Callable[[str], bool]) -> tuple[SqlName, ...]:
    """The calls of functions whose names, in lower case, `unknown` tells; none where the text is not understood.

    A name with a qualifier or in back-quotes is left out.
    """
    found = {match[1].lower() for match in _CALL.finditer(text)} - _TYPES
    if not any(map(unknown, found)) or _UNCLEAR.search(text):
        return ()
    if query and not _QUERY.match(text):
        return ()
    # A name of a table that is not known is any name.
    whole = text.replace("\0", "x") if query else _SELECT + text
    tree = parsed(whole)
    if tree is None or not (query or len(tree.selects) == 1):
        return ()
    tokens = spark_tokens(whole)
    shift = 0 if query else len(_SELECT)
    return tuple(
        SqlName(token.text, token.start - shift, token.end + 1 - shift)
        for place, token in enumerate(tokens)
        if token.text.lower() in found and _is_call(tokens, place) and unknown(token.text.lower())
    )


def _is_call(tokens: Sequence[Any], place: int) -> bool:
    """Whether the word at a place, which is none of the grammar's, is called in an expression."""
    around = [token.token_type.name for token in tokens[max(place - 1, 0) : place + 2]]
    if around[1:] != ["VAR", "L_PAREN"] or around[0] not in _BEFORE_A_VALUE:
        return False
    # `with a as (...), b(x) as (...)` names columns.
    depth = 0
    for after in range(place + 1, len(tokens)):
        kind = tokens[after].token_type.name
        depth += (kind == "L_PAREN") - (kind == "R_PAREN")
        if depth == 0:
            named = [token.token_type.name for token in tokens[after + 1 : after + 3]]
            return named != ["ALIAS", "L_PAREN"]
    return False
