"""The rewrites of a model's source, one per module: each tells what it applied or refused, and why.

A rewrite is a function of a `Model` that gives a `Decision` for every place that it looked at.
It changes a place only where every premise is proved from the facts, or is checked by the session
when it runs (`glue_session.rewrites`); everywhere else the source stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.rewrites.arrow import arrow
from glue_compiler.rewrites.counts import counts_beside_the_write
from glue_compiler.rewrites.debug_actions import debug_actions
from glue_compiler.rewrites.driver_aggregation import driver_aggregation
from glue_compiler.rewrites.emptiness import emptiness
from glue_compiler.rewrites.filters import filters
from glue_compiler.rewrites.partial_evaluation import partial_evaluation
from glue_compiler.rewrites.projection import projection
from glue_compiler.rewrites.row_loops import row_loops
from glue_compiler.rewrites.shared_prefix import shared_prefix
from glue_compiler.rewrites.shared_work import shared_work
from glue_compiler.rewrites.with_columns import with_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.rewrites.model import Model

REWRITES: dict[str, Callable[[Model], Iterable[Decision]]] = {
    "partial_evaluation": partial_evaluation,
    "emptiness": emptiness,
    "driver_aggregation": driver_aggregation,
    "filters": filters,
    "projection": projection,
    "arrow": arrow,
    "row_loops": row_loops,
    "with_columns": with_columns,
    "debug_actions": debug_actions,
    "counts": counts_beside_the_write,
    "shared_work": shared_work,
    "shared_prefix": shared_prefix,
}
"""Every rewrite by the name that `optimize: {disable: [...]}` knows; where two want the same text, the first has it."""
