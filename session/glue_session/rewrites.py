"""What rewritten source calls in the session: each checks what only the session knows, and else does as the source said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from glue_session.added_columns import chain, with_columns
from glue_session.aggregates import aggregated
from glue_session.arrow_pandas import arrow_is_on, arrow_takes, to_pandas
from glue_session.emptiness import some_rows
from glue_session.moved import note
from glue_session.piles import Piles
from glue_session.plans import RDDS, PlanOf
from glue_session.reports import Reports
from glue_session.rows import rows
from glue_session.texts import quote_name

if TYPE_CHECKING:
    from collections.abc import Callable

# Columns that pandas gives the same type whether there are NULLs in them or not.
_STABLE = {"string", "double", "float", "date", "binary", "timestamp_ntz"}
_STABLE_WITHOUT_NULL = {"boolean", "tinyint", "smallint", "int", "bigint"}


def rewritten_calls(
    outcomes: list[dict[str, Any]],
    reports: Reports | None = None,
    early: Callable[[Any, bool], tuple[Any, str]] | None = None,
) -> dict[str, Callable[..., Any]]:
    """The functions by the names that rewritten source has for them; without `reports` no report waits.

    `early` writes the frame that the model will return; without it nothing is written.

    Each call adds to `outcomes` the rewrite, the line (of the source, which has the user's lines),
    whether it was done, and why not; see `moved` for what else.
    """

    def recording(rewrite: str, function: Callable[..., tuple[Any, str]]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            result, why = function(*arguments)
            line = sys._getframe(1).f_lineno
            outcome = {"rewrite": rewrite, "line": line, "applied": not why, "why": why}
            note(outcomes, outcome, arguments[0], result)
            return result

        return call

    return {
        "__dbt_glue_aggregated__": recording("driver_aggregation", aggregated),
        "__dbt_glue_project__": recording("projection", project),
        "__dbt_glue_to_pandas__": recording("arrow", to_pandas),
        "__dbt_glue_rows_of__": recording("row_loops", rows),
        "__dbt_glue_filter__": recording("filters", filter_rows),
        "__dbt_glue_with_columns__": recording("with_columns", with_columns),
        "__dbt_glue_chain__": recording("with_columns", chain),
        "__dbt_glue_some__": recording("emptiness", some_rows),
        "__dbt_glue_written__": recording("shared_work", early or _nothing_written),
        **Piles(outcomes).calls,
        **(Reports(waits=False) if reports is None else reports).calls,
    }


def _nothing_written(frame: Any, _pure: bool) -> tuple[Any, str]:
    return frame, "nothing is written"


def project(frame: Any, names: tuple[str, ...], trusted: bool | None = None) -> tuple[Any, str]:
    """`frame` with the named columns only, in its own order; itself, and why, where the others might matter.

    They might where names are not unique, where none or all are wanted, and where Arrow cannot
    convert one of the others: then the whole frame is converted without Arrow, which gives other values.
    They also might where computing them runs Python, unless it is `trusted` to have no effects (None: it makes no RDDs), and where what is
    left chooses rows or changes by itself (glue_session.plans).
    """
    if not hasattr(frame, "_jdf"):
        return frame, f"it is a {type(frame).__name__}, no Spark frame of this session"
    columns = frame.columns
    kept = [name for name in columns if name in names]
    if not kept:
        return frame, "none of the columns is there"
    if len(kept) == len(columns):
        return frame, "all columns are used"
    if not _are_distinct(columns):
        return frame, "names of columns differ by case only"
    if not arrow_takes(frame):
        return frame, "Arrow does not know the type of a column"
    return _judged(frame, lambda: frame.select(*[quote_name(name) for name in kept]), trusted)


def _judged(frame: Any, less: Callable[[], Any], trusted: bool | None) -> tuple[Any, str]:
    """The smaller frame, or `frame` itself and why the rows or the effects of its plan might be others."""
    try:
        plan = PlanOf(frame)
        if plan.observed:
            return frame, "its rows are observed"
        if not trusted and plan.runs_code(but_for=RDDS if trusted is None else None):
            return frame, "its plan runs Python functions"
        smaller = less()
        rest = PlanOf(smaller, optimized=True)
        if rest.changes:
            return frame, "its plan holds values that change by themselves"
        if rest.chooses:
            return frame, "its plan chooses rows in an order that is not defined"
    except Exception as error:  # noqa: BLE001 - whatever it is, the frame as written tells it better
        return frame, f"Spark does not plan it ({type(error).__name__})"
    return smaller, ""


def filter_rows(
    frame: Any, column: str, operator: str, value: Any, trusted: bool | None = None
) -> tuple[Any, str]:
    """`frame` with the rows that `pdf[pdf[column] <operator> value]` keeps; itself, and why, where pandas might see it otherwise."""
    from pyspark.sql import functions

    kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    if not _are_distinct(frame.columns) or column not in kinds:
        return frame, f"there is no column {column}, or two of the name"
    if not arrow_takes(frame):
        return frame, "Arrow does not know the type of a column"
    wanted = "string" if isinstance(value, str) else "double"
    if kinds[column] != wanted:
        return frame, f"{column} is {kinds[column]}, not {wanted}"
    odd = [
        field.name
        for field in frame.schema.fields
        if not _has_one_pandas_type(field, frame.sparkSession)
    ]
    if odd:
        return frame, f"NULL decides the pandas type of {odd[0]} ({kinds[odd[0]]})"
    cell, literal = functions.col(quote_name(column)), functions.lit(value)
    known = ~functions.isnan(cell) if wanted == "double" else functions.lit(True)
    literal = literal.cast(wanted)
    tests = {
        "==": cell == literal,
        "<": cell < literal,
        "<=": cell <= literal,
        ">": cell > literal,
        ">=": cell >= literal,
    }
    return _judged(frame, lambda: frame.filter(known & tests[operator]), trusted)


def _has_one_pandas_type(field: Any, spark: Any) -> bool:
    kind = field.dataType.simpleString()
    if kind == "timestamp":
        # With Arrow an empty result has another unit than a filled one.
        return not arrow_is_on(spark)
    if kind in _STABLE_WITHOUT_NULL:
        return not field.nullable
    return kind in _STABLE or kind.startswith("decimal")


def _are_distinct(columns: list[str]) -> bool:
    return len({name.lower() for name in columns}) == len(columns)
