"""What rewritten source calls in the session: each checks what only the session knows, and else does as the source said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORD = re.compile(r"\w+")
_ALL_COLUMNS = re.compile(r"(?:^|[(,\s])\*(?:[),\s]|$)")
# Columns that pandas gives the same type whether there are NULLs in them or not.
_STABLE = {"string", "double", "float", "date", "binary"}


def project(frame: Any, names: tuple[str, ...]) -> Any:
    """`frame` with the named columns only, in its own order; itself where the others might matter.

    They might where names are not unique, where none or all are wanted, and where Arrow cannot
    convert one of the others: then the whole frame is converted without Arrow, which gives other values.
    """
    columns = frame.columns
    kept = [name for name in columns if name in names]
    if not kept or len(kept) == len(columns) or not _distinct(columns):
        return frame
    if not _arrow_takes(frame):
        return frame
    return frame.select(*[_quoted(name) for name in kept])


def filtered(frame: Any, column: str, operator: str, value: Any) -> Any:
    """`frame` with the rows that `pdf[pdf[column] <operator> value]` keeps; itself where pandas might see it otherwise."""
    from pyspark.sql import functions

    kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    if not _distinct(frame.columns) or column not in kinds or not _arrow_takes(frame):
        return frame
    if not all(kind in _STABLE or kind.startswith("decimal") for kind in kinds.values()):
        return frame
    if kinds[column] != ("string" if isinstance(value, str) else "double"):
        return frame
    cell, literal = functions.col(_quoted(column)), functions.lit(value)
    if not isinstance(value, str):
        literal = literal.cast("double")
        frame = frame.filter(~functions.isnan(cell))
    tests = {
        "==": cell == literal,
        "<": cell < literal,
        "<=": cell <= literal,
        ">": cell > literal,
        ">=": cell >= literal,
    }
    return frame.filter(tests[operator])


def with_columns(
    frame: Any, spread: bool, items: Iterable[Any], column: Callable[..., tuple[str, Any]]
) -> Any:
    """The frame with a column added for every item: `column(frame, item)` gives its name and expression."""
    items = list(items)

    def made(current: Any, item: Any) -> tuple[str, Any]:
        return column(current, *item) if spread else column(current, item)

    try:
        together = _together(frame, [made(frame, item) for item in items])
    except Exception:  # noqa: BLE001 - whatever it is, the source's own order of calls raises it, or does not
        together = None
    if together is not None:
        return together
    for item in items:
        name, expression = made(frame, item)
        frame = frame.withColumn(name, expression)
    return frame


def chain(frame: Any, *pairs: Any) -> Any:
    """The frame with columns added: names and expressions in turn."""
    columns = list(zip(pairs[::2], pairs[1::2], strict=True))
    try:
        together = _together(frame, columns)
    except Exception:  # noqa: BLE001 - whatever it is, the source's own order of calls raises it, or does not
        together = None
    if together is not None:
        return together
    for name, expression in columns:
        frame = frame.withColumn(name, expression)
    return frame


def _together(frame: Any, columns: list[tuple[str, Any]]) -> Any | None:
    """All columns added at once, or None where one could read another that was written before it."""
    names = [name.lower() for name, _ in columns if type(name) is str]
    if len(columns) < 2 or len(names) != len(columns) or len(set(names)) != len(names):
        return None
    written: set[str] = set()
    odd: list[str] = []
    for (_, expression), name in zip(columns, names, strict=True):
        text = expression._jc.toString().lower()
        if _ALL_COLUMNS.search(text) or not written.isdisjoint(_WORD.findall(text)):
            return None
        if any(other in text for other in odd):
            return None
        if _WORD.fullmatch(name):
            written.add(name)
        else:
            odd.append(name)
    return frame.withColumns(dict(columns))


def _distinct(columns: list[str]) -> bool:
    return len({name.lower() for name in columns}) == len(columns)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _arrow_takes(frame: Any) -> bool:
    """Whether a conversion treats every column by itself: without Arrow always, with it when it knows all types."""
    if (
        str(frame.sparkSession.conf.get("spark.sql.execution.arrow.pyspark.enabled", "false"))
        != "true"
    ):
        return True
    from pyspark.sql.pandas.types import to_arrow_schema

    try:
        to_arrow_schema(frame.schema)
    except Exception:  # noqa: BLE001 - a type that Arrow does not know, by whatever error
        return False
    return True


NAMESPACE = {
    "__dbt_glue_project__": project,
    "__dbt_glue_filter__": filtered,
    "__dbt_glue_with_columns__": with_columns,
    "__dbt_glue_chain__": chain,
}
"""The names by which rewritten source calls these functions."""
