"""The kind of frame that a model returns in this run, where every return is known to have it.

The session is told the kind, tries its one conversion first, and looks for others only if that
check fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model


def expected_kind(model: Model) -> str | None:
    """spark, pandas or pandas_on_spark; None where a return is of another or of an unknown kind."""
    kinds: set[str | None] = set()
    for found in model.here(model.facts.flow.returns):
        kinds.add(None if found.frame is None else model.frame(found.frame).kind)
    return kinds.pop() if len(kinds) == 1 else None
