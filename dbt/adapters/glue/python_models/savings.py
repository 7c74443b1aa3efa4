"""What the plan of a Python model did in the session: a line for people, and data for dbt's response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.rewrites.plain import SESSION_NAME
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_compiler.plan.planner import Plan
    from glue_compiler.rewrites.decision import Decision

__all__ = ["Savings", "savings"]

_JOBS = {"counts": 1, "debug_actions": 1}
"""Jobs that a rewrite leaves out."""
_SHORTER = "emptiness"
_UNSEEN = ("partial_evaluation",)


@dataclass(frozen=True)
class Savings:
    """Columns and rows that conversions brought to the driver, of how many columns; jobs left out and cut short.

    `lines` are the lines of the rewrites that were done, by their names; `seconds` those of the model and the write.
    """

    columns: tuple[int, int] | None
    rows: int | None
    jobs: int
    shorter: int
    lines: Mapping[str, Sequence[int]]
    seconds: Mapping[str, float]

    @property
    def text(self) -> str:
        """One line for people; "" where nothing was done that anybody would notice."""
        parts = []
        if self.columns is not None:
            parts.append(f"{self.columns[0]} of {self.columns[1]} columns to the driver")
        if self.rows is not None:
            parts.append(f"{self.rows:,} row{'' if self.rows == 1 else 's'} to the driver")
        if self.jobs:
            parts.append(f"{self.jobs} job{'' if self.jobs == 1 else 's'} less")
        if self.shorter:
            counts = f"{self.shorter} count{'s stop' if self.shorter > 1 else ' stops'}"
            parts.append(f"{counts} at the first row")
        told = {"projection", "filters", "arrow", "row_loops", _SHORTER, *_JOBS}
        parts += [
            f"{name.replace('_', ' ')} on line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
            for name, lines in self.lines.items()
            if name not in told
        ]
        if not parts:
            return ""
        spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        return "; ".join(parts) + (f" ({spent})" if spent else "")

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "columns_moved": None if self.columns is None else list(self.columns),
            "rows_moved": self.rows,
            "jobs_left_out": self.jobs,
            "counts_cut_short": self.shorter,
            "lines": {name: list(lines) for name, lines in self.lines.items()},
        }


def savings(outcome: Mapping[str, Any], plan: Plan | None) -> Savings:
    """What was done in a run, by the session's answer, and by the plan for what needs no judgement in the session."""
    judged = list(outcome.get("rewrites") or [])
    done = [each for each in judged if each["applied"]]
    columns = [each["columns"] for each in done if "columns" in each]
    # Of several rewrites of one conversion the last one sees what the others left.
    rows = {int(each["line"]): int(each["rows"]) for each in done if "rows" in each}
    found = {(str(each["rewrite"]), int(each["line"])) for each in done}
    if plan is not None:
        text = SourceText(plan.original)
        found |= {
            (decision.rewrite, text.line_of(decision.span.start))
            for decision in plan.decisions
            if decision.applied and not _is_judged(decision) and decision.rewrite not in _UNSEEN
        }
    lines: dict[str, list[int]] = {}
    for name, line in sorted(found):
        lines.setdefault(name, []).append(line)
    moved = (sum(c[0] for c in columns), sum(c[1] for c in columns)) if columns else None
    return Savings(
        moved,
        sum(rows.values()) if rows else None,
        sum(_JOBS.get(name, 0) * len(places) for name, places in lines.items()),
        len(lines.get(_SHORTER, ())),
        lines,
        dict(outcome.get("seconds") or {}),
    )


def _is_judged(decision: Decision) -> bool:
    """Whether the session says of a rewrite what became of it: those that call one of its functions, but for counts."""
    calls = any(SESSION_NAME.search(edit.new_text) for edit in decision.edits)
    return calls and decision.rewrite not in _JOBS
