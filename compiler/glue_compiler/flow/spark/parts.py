"""What a column expression is made of, as far as that decides where Spark takes it: aggregates, windows, columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DISTINCT = frozenset({"countDistinct", "count_distinct", "sumDistinct", "sum_distinct"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What an expression surely holds, each by its name; None for what it may not hold.

    `aggregate`: a function of many rows that is over no window, `nested` one in the arguments of such a function,
    `nested_over` a function over a window there. `ranking`: a function that needs a window and has none.
    `over`: a function over a window. `loose`: a column that is read outside of all these.
    """

    aggregate: str | None = None
    nested: str | None = None
    nested_over: str | None = None
    ranking: str | None = None
    over: str | None = None
    loose: str | None = None

    def common(self, other: Parts) -> Parts:
        """What an expression holds that is one of two."""
        if self is other:
            return self
        pairs = zip(_read(self), _read(other), strict=True)
        return Parts(*[left if right is not None else None for left, right in pairs])

    def over_window(self, window: Parts) -> Parts:
        """The parts of a function of these parts over a window: the function is an aggregate no longer."""
        own = self.aggregate or self.ranking
        return Parts(aggregate=self.nested or window.aggregate, over=own)


_read = attrgetter(*(field.name for field in fields(Parts)))
NO_PARTS = Parts()


def together(found: Iterable[Parts]) -> Parts:
    """The parts of an expression of expressions."""
    result = NO_PARTS
    for parts in found:
        if parts is NO_PARTS or parts is result:
            continue
        if result is NO_PARTS:
            result = parts
        else:
            pairs = zip(_read(result), _read(parts), strict=True)
            result = Parts(*[left if left is not None else right for left, right in pairs])
    return result


def of_function(name: str, flags: list[str] | None, parts: Parts) -> tuple[str, Parts]:
    """The form and the parts of a call of a function; `parts` are those of its arguments, `flags` what was measured of it."""
    if flags is None or "generator" in flags:
        return "", NO_PARTS
    if name == "when":
        return "when", parts
    if "window" in flags:
        return "ranking", Parts(
            aggregate=None, nested=parts.aggregate, ranking=name, loose=parts.loose
        )
    if "aggregate" in flags:
        return "distinct" if name in _DISTINCT else "aggregate", Parts(
            aggregate=name,
            nested=parts.aggregate or parts.nested,
            nested_over=parts.over or parts.nested_over,
            ranking=parts.ranking,
        )
    return "made", parts
