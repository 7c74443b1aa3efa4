"""Whether a frame has rows: asked of its first row where that cannot be told from counting all, and else counted."""

from __future__ import annotations

from typing import Any

from glue_session.plans import RDDS, PlanOf

CLASSIC = ("pyspark.sql.dataframe", "pyspark.sql.classic.dataframe")
"""The modules of Spark's frames that have a plan to look at."""


def some_rows(frame: Any, pure: bool, rdds: bool, caches: bool) -> tuple[int, str]:
    """Stands for `frame.count()` where only its being zero matters: 0 or 1, or the count itself, and why it was taken.

    `pure` says that Python functions in the plan do nothing but make values, `rdds` that the model makes RDDs of
    its own, `caches` that a cache which is filled in part now and in full later is as good as one filled now.
    """
    why = _why_all(frame, pure, rdds, caches)
    if why:
        return frame.count(), why
    return (0 if frame.isEmpty() else 1), ""


def _why_all(frame: Any, pure: bool, rdds: bool, caches: bool) -> str:
    kind = type(frame)
    if kind.__name__ != "DataFrame" or kind.__module__ not in CLASSIC:
        return "it is no Spark frame"
    plan = PlanOf(frame)
    if not plan.steady:
        return "the frame holds random values, values that depend on the plan, or is observed"
    # Rows that were given as a list or a pandas frame are an RDD, too, but no code.
    if not pure and plan.runs_code(but_for=None if rdds else RDDS):
        return "the frame runs Python functions"
    if not caches and plan.cached:
        return "the frame is cached: the count fills the cache"
    return ""
