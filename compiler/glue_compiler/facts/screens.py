"""What a fact of the flow and its frame tell by themselves: whether it can be a finding at all.

The facts of a statement that an edit left alone are what they were, wherever they are now: a
screen is asked about them once, however many versions the text has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_compiler.facts.frames import FlowFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame


@dataclass(frozen=True, eq=False, slots=True)
class Screen:
    """The facts of a field of FlowFacts that may be findings: those for which `keeps` is true.

    `keeps` gets a fact, its frame (None for a fact without one) and the options. It may look at nothing that
    other statements decide: no place in the text, no world, no index of a frame.
    """

    group: str
    keeps: Callable[[Any, Frame | None, AnalysisOptions], bool]

    def takes(self, fact: Any, frame_at: Callable[[int], Frame], options: AnalysisOptions) -> bool:
        """Whether a fact is kept; `frame_at` gives the frames that facts name."""
        frame = getattr(fact, "frame", None)
        return self.keeps(fact, None if frame is None else frame_at(frame), options)


class Screened(tuple[Any, ...]):
    """The facts of a field, with those that screens kept under some options."""

    kept: Mapping[Screen, tuple[Any, ...]]
    options: AnalysisOptions

    @classmethod
    def of(
        cls, facts: list[Any], kept: Mapping[Screen, tuple[Any, ...]], options: AnalysisOptions
    ) -> Screened:
        """Facts of which it is known what some screens keep."""
        made = cls(facts)
        made.kept, made.options = kept, options
        return made


def kept_by(screen: Screen, flow: FlowFacts, options: AnalysisOptions) -> tuple[Any, ...]:
    """The facts that a screen keeps, in the order of the text."""
    facts = getattr(flow, screen.group)
    if isinstance(facts, Screened) and screen in facts.kept and facts.options == options:
        return facts.kept[screen]
    frame_at = flow.frames.__getitem__
    return tuple([fact for fact in facts if screen.takes(fact, frame_at, options)])
