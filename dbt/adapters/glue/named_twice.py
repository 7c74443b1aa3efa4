"""`glue_catalog.{{ ref('orders') }}`: in dbt-glue a ref does not name its catalog, and its users do; here it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["without_doubled_catalog"]

_QUOTED = r"`(?:[^`]|``)+`"
_TOKENS = re.compile(
    rf"""
      [rR]'[^']*' | [rR]"[^"]*" | '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*"  # texts
    | --[^\n]* | /\*.*?\*/                                                # comments
    | (?<![\w.`])(?P<catalog>\w+)\s*\.\s*
      (?P<name>(?P<first>{_QUOTED})\.(?P<second>{_QUOTED})(?:\.{_QUOTED})?)
    | {_QUOTED}
    """,
    re.VERBOSE | re.DOTALL,
)


def without_doubled_catalog(sql: str, catalog: str, is_in_none: Callable[[str, str], bool]) -> str:
    """A statement in which what a relation was rendered to, in backticks, is not named in `catalog` once more.

    The prefix, written without backticks, goes before a name that begins with the catalog, and before
    one of which `is_in_none(schema, name)` says that it is no table of any catalog: a view. Texts
    and comments stay as they are.
    """
    if f"{catalog.lower()}." not in sql.lower().replace(" ", ""):
        return sql

    def shortened(found: re.Match[str]) -> str:
        if (found["catalog"] or "").lower() != catalog.lower():
            return found[0]
        first, second = (found[part][1:-1].replace("``", "`") for part in ("first", "second"))
        doubled = first.lower() == catalog.lower() and found["name"].count("`.`") == 2
        return found["name"] if doubled or is_in_none(first, second) else found[0]

    return _TOKENS.sub(shortened, sql)
