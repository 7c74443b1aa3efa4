"""Columns added to a frame together, where Spark makes of them what it makes of one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORD = re.compile(r"\w+")
_PRODUCT = re.compile(r"(?<=[^\s(,]) \* (?=[^\s),])")
_STARS = ("*", "unresolvedstar", "unresolvedregex")
_ITEMS: tuple[type[Any], ...] = (
    *(list, tuple, set, frozenset, dict, str, range, zip, enumerate, reversed),
    *map(type, ({}.items(), {}.keys(), {}.values(), reversed([]))),
)


class AsWritten(Exception):
    """Why a rewrite is not done in this session: the source's own steps are."""


def with_columns(
    frame: Any, spread: bool, items: Iterable[Any], column: Callable[..., tuple[str, Any]]
) -> tuple[Any, str]:
    """The frame with a column added for every item: `column(frame, item)` gives its name and expression."""

    def column_of(current: Any, item: Any) -> tuple[str, Any]:
        return column(current, *item) if spread else column(current, item)

    if type(items) not in _ITEMS:
        why = f"the items are a {type(items).__name__}, which may make them during the loop"
    else:
        items = list(items)
        try:
            return _with_all(frame, [column_of(frame, item) for item in items]), ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the source's own order of calls raises it, or does not
            why = why_as_written(error)
    for item in items:
        name, expression = column_of(frame, item)
        frame = frame.withColumn(name, expression)
    return frame, why


def chain(frame: Any, *pairs: Any) -> tuple[Any, str]:
    """The frame with columns added: names and expressions in turn."""
    columns = list(zip(pairs[::2], pairs[1::2], strict=True))
    try:
        return _with_all(frame, columns), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the source's own order of calls raises it, or does not
        why = why_as_written(error)
    for name, expression in columns:
        frame = frame.withColumn(name, expression)
    return frame, why


def _with_all(frame: Any, columns: list[tuple[str, Any]]) -> Any:
    """All columns added at once. Raises AsWritten where one could depend on another, or on the order of their making."""
    names = [name.lower() for name, _ in columns if type(name) is str]
    if len(columns) < 2:
        raise AsWritten("there are not two columns to add")
    if len(names) != len(columns) or len(set(names)) != len(names):
        raise AsWritten("a column is written twice, or its name is no text")
    written: set[str] = set()
    odd: list[str] = []
    for (_, expression), name in zip(columns, names, strict=True):
        text = expression._jc.toString().lower()
        if star_in(text):
            raise AsWritten(f"{name} may read all columns so far")
        if not written.isdisjoint(_WORD.findall(text)) or any(other in text for other in odd):
            raise AsWritten(f"{name} may read a column that was added before it")
        if _WORD.fullmatch(name):
            written.add(name)
        else:
            odd.append(name)
    together = frame.withColumns(dict(columns))
    check_plan(together, frame)
    return together


def star_in(text: str) -> bool:
    """Whether an expression may stand for all columns that there are."""
    return any(star in _PRODUCT.sub("", text) for star in _STARS)


def check_plan(together: Any, frame: Any) -> None:
    """Raises AsWritten unless Spark made one projection of the columns, with at most one window below it.

    Generators make rows, and several windows sort them one after the other: there the order of the
    columns is part of the result. So is the place of what has another value in every row or plan.
    """
    plan = together._jdf.queryExecution().analyzed()
    below = frame._jdf.queryExecution().analyzed()
    if not plan.deterministic():
        raise AsWritten("the columns hold random values, or values that depend on the plan")
    node = _child(plan, "Project")
    if node.fastEquals(below):
        return
    node = _child(_child(node, "Project"), "Window")
    if not _child(node, "Project").fastEquals(below):
        raise AsWritten("the columns take more than one projection")


def _child(plan: Any, kind: str) -> Any:
    found = plan.getClass().getSimpleName()
    if found != kind:
        raise AsWritten(f"the columns take a {found} of their own")
    return plan.children().apply(0)


def why_as_written(error: Exception) -> str:
    """Why the source's own steps are taken, after an error of adding the columns together."""
    if isinstance(error, AsWritten):
        return str(error)
    return f"Spark does not take the columns together ({type(error).__name__})"
