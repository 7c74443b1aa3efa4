"""dbt's `listagg` in an order, for Sparks whose aggregates have none: rows are collected with their keys, and sorted."""

from __future__ import annotations

import re

from dbt_common.exceptions import CompilationError

__all__ = ["ordered_list"]

_PARTS = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|[(\[,)\]]""", re.DOTALL)
_KEY = re.compile(
    r"(?P<expression>.+?)(?:\s+(?P<way>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)


def ordered_list(measure: str, order_by_clause: str) -> str:
    """The SQL of an array of a measure's values in an order: `distinct x`, `order by a desc, b nulls last`.

    Values that are null are left out, as by collect_list. Raises CompilationError for a clause without ORDER BY.
    """
    matched = re.fullmatch(r"\s*order\s+by\s+(.+)", order_by_clause, re.IGNORECASE | re.DOTALL)
    if matched is None:
        raise CompilationError(
            f"listagg's order_by_clause is ORDER BY with what to order by, not {order_by_clause!r}"
        )
    distinct = re.fullmatch(r"\s*distinct\b(.*)", measure, re.IGNORECASE | re.DOTALL)
    value = (distinct[1] if distinct else measure).strip()
    keys, cases = [], []
    for number, text in enumerate(_listed(matched[1])):
        key = _KEY.fullmatch(text)
        if key is None:
            raise CompilationError(
                f"listagg's order_by_clause has nothing between commas: {order_by_clause!r}"
            )
        name, descends = f"k{number}", (key["way"] or "").lower() == "desc"
        nulls_first = (key["nulls"] or ("last" if descends else "first")).lower() == "first"
        first, last = (-1, 1) if nulls_first else (1, -1)
        less, more = (1, -1) if descends else (-1, 1)
        keys.append(f"'{name}', {key['expression']}")
        cases.append(
            f"when not (l.{name} <=> r.{name}) then case when l.{name} is null then {first} "
            f"when r.{name} is null then {last} when l.{name} < r.{name} then {less} else {more} end"
        )
    rows = f"collect_list(named_struct({', '.join(keys)}, 'v', {value})) filter (where {value} is not null)"
    values = f"transform(array_sort({rows}, (l, r) -> case {' '.join(cases)} else 0 end), x -> x.v)"
    return f"array_distinct({values})" if distinct else values


def _listed(text: str) -> list[str]:
    """What commas part that are in no brackets, literals or quoted names."""
    found, start, depth = [], 0, 0
    for part in _PARTS.finditer(text):
        if part[0] in ("(", "["):
            depth += 1
        elif part[0] in (")", "]"):
            depth -= 1
        elif part[0] == "," and depth == 0:
            found.append(text[start : part.start()].strip())
            start = part.end()
    return [*found, text[start:].strip()]
