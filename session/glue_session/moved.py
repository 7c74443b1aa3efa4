"""What a rewrite did, for the outcome of a run: which columns of how many, and how many rows came to the driver."""

from __future__ import annotations

from typing import Any

_MOVING = ("projection", "filters")
_BRINGING = ("toPandas", "collect")


def note(outcomes: list[dict[str, Any]], outcome: dict[str, Any], before: Any, after: Any) -> None:
    """Adds what was done of a frame `before`, once for each place, however often it runs.

    Of frames whose rows go to the driver the outcome gets `columns`, [moved, all of them], and, when they are there, `rows`.
    """
    there = next((one for one in outcomes if outcome.items() <= one.items()), None)
    if there is None:
        outcomes.append(there := outcome)
    if outcome["applied"] and outcome["rewrite"] in ("arrow", "row_loops"):
        there["rows"] = there.get("rows", 0) + len(after)
    if not outcome["applied"] or outcome["rewrite"] not in _MOVING:
        return
    if len(after.columns) < len(before.columns):
        there["columns"] = [len(after.columns), len(before.columns)]
    for name in _BRINGING:
        setattr(after, name, _counted(after, name, there))


def _counted(frame: Any, name: str, outcome: dict[str, Any]) -> Any:
    """A frame's own method that also counts the rows that it brings, once: `toPandas` itself may call `collect`."""
    method = getattr(frame, name)

    def call(*arguments: Any, **named: Any) -> Any:
        for one in _BRINGING:
            vars(frame).pop(one, None)
        rows = method(*arguments, **named)
        outcome["rows"] = outcome.get("rows", 0) + len(rows)
        return rows

    return call
