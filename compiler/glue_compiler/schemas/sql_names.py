"""What an item of a select list is called: only where the text says so itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.schemas.sql_tokens import Token

_NO_NAME = frozenset(
    {
        *("null", "true", "false", "not", "and", "or", "is", "in", "like", "ilike", "rlike"),
        *("regexp", "between", "end", "case", "when", "then", "else", "asc", "desc", "nulls"),
        *("over", "div", "distinct", "all", "interval", "exists", "escape", "collate", "any"),
        *("some", "user", "from", "ignore", "respect", "filter", "within", "localtimestamp"),
        *("select", "as", "with", "by"),
    }
)
_UNITS = re.compile(
    r"(?:year|quarter|month|week|day|hour|minute|second|\w+second)s?", re.IGNORECASE
)


def name_of(item: list[Token]) -> str | None:
    """The name that an item surely has; None for a star and where Spark or Jinja makes it."""
    if not item:
        return None
    last = item[-1]
    if last.kind not in ("word", "quoted") or (last.touches and item[:-1] and _is_jinja(item[-2])):
        return None
    if last.kind == "word" and (last.text in _NO_NAME or last.text.startswith("current_")):
        return None
    before = item[:-1]
    if _is_path(item):
        return last.name
    if before[-1].text == "as":
        return last.name if len(before) > 1 else None
    interval = any(token.text == "interval" for token in before)
    jinja = any(token.kind in ("jinja", "block") for token in before)
    if jinja or (interval and _UNITS.fullmatch(last.text)):
        return None
    if before[-1].text in (")", "end") or _is_path(before):
        return last.name
    return None


def _is_jinja(token: Token) -> bool:
    return token.kind in ("jinja", "block")


def _is_path(tokens: Sequence[Token]) -> bool:
    """Whether tokens are a name, or names with dots between them."""
    if len(tokens) % 2 == 0:
        return False
    return all(
        token.text == "."
        if place % 2
        else token.kind == "quoted"
        or (token.kind == "word" and (len(tokens) > 1 or token.text not in _NO_NAME))
        for place, token in enumerate(tokens)
    )


def star_of(item: list[Token]) -> str | None:
    """The qualifier of a star, empty without one; None for what is no star."""
    texts = [token.text for token in item]
    if texts == ["*"]:
        return ""
    if len(texts) == 3 and texts[1:] == [".", "*"] and item[0].kind in ("word", "quoted"):
        return item[0].name.lower()
    return None
