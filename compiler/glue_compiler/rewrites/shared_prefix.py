"""A frame that several actions compute, each from its tables on: found, shown and measured, and never kept by itself.

Nobody knows before a run how large the frame is, and what keeping it costs; the person who reads how many seconds
a run spent on it can tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.rewrites.counts import counts_beside_the_write
from glue_compiler.rewrites.debug_actions import debug_actions
from glue_compiler.rewrites.decision import Decision
from glue_compiler.rewrites.lineage import Computing, Made, computings, frames_below
from glue_compiler.rewrites.shared_work import shared_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model
    from glue_compiler.text.source import Span

NAME = "shared_prefix"
THE_WRITE = 0
"""Stands among the lines of actions for the write of the result."""

_TABLE_CACHE = re.compile(r"\bcacheTable\b|\bcache\s+(?:lazy\s+)?table\b", re.IGNORECASE)


def shared_prefix(model: Model) -> Iterator[Decision]:
    """One decision for every frame that is computed more than once, where that is more than reading a table."""
    computing = _worth(computings(model, _taken(model)))
    if not computing or model.opaque or model.reaches_out or _TABLE_CACHE.search(model.code):
        return
    for frame in sorted(computing, key=lambda one: one.span):
        lines = [
            THE_WRITE if one.write else model.source.line_of(one.span.start)
            for one in computing[frame]
        ]
        again = tuple(sorted(set(lines), key=lambda line: (line == THE_WRITE, line)))
        rounds = any(one.repeats(frame) for one in computing[frame])
        detail = f"`{frame.name}` is computed by {where(again)}" + ", in a loop" * rounds
        yield Decision(NAME, frame.span, "computed_again", detail=detail, lines=again)


def where(lines: tuple[int, ...]) -> str:
    """Lines of actions in words: "lines 3, 8 and the write"."""
    own = [str(line) for line in lines if line != THE_WRITE]
    if not own:
        return "the write"
    *before, last = [*own, "the write"] if THE_WRITE in lines else own
    words = f"{', '.join(before)} and {last}" if before else last
    return f"line{'s' if len(own) > 1 else ''} {words}"


def _taken(model: Model) -> set[Span]:
    """The actions that other rewrites take care of."""
    return {
        decision.span
        for rewrite in (counts_beside_the_write, shared_work, debug_actions)
        for decision in rewrite(model)
        if decision.applied
    }


def _worth(found: list[Computing]) -> dict[Made, list[Computing]]:
    """What computes each frame that is computed again: of the frames the last ones, and of these only what adds work to another one."""
    computing: dict[Made, list[Computing]] = {}
    for one in found:
        for frame in one.computed:
            computing.setdefault(frame, []).append(one)
    often = {
        frame: own
        for frame, own in computing.items()
        if len(own) + any(one.repeats(frame) for one in own) > 1
    }
    below = {frame: set(frames_below([frame])) for frame in often}
    work = {frame: {one for one in below[frame] if one.works} for frame in often}
    kept: dict[Made, list[Computing]] = {}
    for frame in sorted(often, key=lambda one: (-len(often[one]), -one.span.start)):
        others = [one for one in kept if one in below[frame] or frame in below[one]]
        # One that more actions compute stands for all that is made of it without more work.
        if work[frame] and not any(work[frame] <= work[one] for one in others):
            kept[frame] = often[frame]
    return kept
