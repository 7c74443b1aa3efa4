"""What a run spent on frames that several actions of a Python model computed, each from its tables on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.rewrites.shared_prefix import THE_WRITE, where
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_compiler.plan.planner import Plan

__all__ = ["Again", "computed_again"]

_WORTH_A_LINE = 1.0


@dataclass(frozen=True)
class Again:
    """A frame by its name and line, how often it was computed, and the actions' `seconds` by line (0: the write).

    `at_most` is what keeping it could have saved: all but the first time.
    """

    name: str
    line: int
    times: int
    seconds: Mapping[int, float]
    at_most: float

    @property
    def text(self) -> str:
        """One line for people; "" where less than a second could be saved."""
        if self.at_most < _WORTH_A_LINE:
            return ""
        places = where(tuple(self.seconds))
        return (
            f"`{self.name}` (line {self.line}) was computed {self.times} times, by {places}: "
            f"{sum(self.seconds.values()):.1f} s; kept, at most {self.at_most:.1f} s less"
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "name": self.name,
            "line": self.line,
            "times": self.times,
            "seconds": {
                "write" if line == THE_WRITE else str(line): round(seconds, 3)
                for line, seconds in self.seconds.items()
            },
            "at_most": round(self.at_most, 3),
        }


def computed_again(outcome: Mapping[str, Any], plan: Plan | None) -> tuple[Again, ...]:
    """The frames of the plan that a run computed more than once, by what its session noted of their actions."""
    if plan is None:
        return ()
    spent: list[Sequence[Any]] = list(outcome.get("spent") or [])
    if outcome.get("rows") is not None:  # else another statement takes the rows, and computes them
        spent.append((THE_WRITE, 1, (outcome.get("seconds") or {}).get("write", 0.0)))
    text = SourceText(plan.original)
    found = []
    for decision in plan.decisions:
        own = [(int(line), int(n), float(s)) for line, n, s in spent if line in decision.lines]
        times = sum(calls for _, calls, _ in own)
        if times < 2:
            continue
        first = own[0][2] / own[0][1]
        total = sum(seconds for _, _, seconds in own)
        found.append(
            Again(
                text.text[slice(*decision.span)].strip("\"'"),
                text.line_of(decision.span.start),
                times,
                {line: seconds for line, _, seconds in own},
                total - first,
            )
        )
    return tuple(found)
