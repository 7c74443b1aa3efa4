"""What an editor writes between the words of a model: kinds and columns of frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.plan.by_itself import computed_again, done

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.plan.planner import Plan
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import Span

_KINDS = {"spark": "Spark", "pandas": "pandas", "pandas_on_spark": "pandas-on-Spark"}
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Hint:
    """A text after an offset; `frames` have the details, or `text` has them."""

    offset: int
    label: str
    frames: tuple[int, ...]
    text: str | None = None


def inlay_hints(facts: ModelFacts, schemas: FrameSchemas) -> tuple[Hint, ...]:
    """Kind and number of columns after names that are bound to frames; the columns after `return`."""
    by_name: dict[Span, list[int]] = {}
    for binding in facts.flow.bindings:
        by_name.setdefault(binding.span, []).append(binding.frame)
    hints = [
        Hint(span.end, f": {_frames_in_words(facts, schemas, frames)}", tuple(frames))
        for span, frames in by_name.items()
    ]
    by_return: dict[Span, list[int]] = {}
    for item in facts.flow.returns:
        if item.frame is not None and not item.implicit:
            by_return.setdefault(item.span, []).append(item.frame)
    for span, frames in by_return.items():
        known = schemas.of(frames[0])
        if known.columns:
            names = [column.name for column in known.columns]
            more = len(names) - _MOST_NAMES
            text = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
            dots = "" if known.exact else ", ..."
            hints.append(Hint(span.start + len("return"), f" ({text}{dots})", tuple(frames)))
    return tuple(sorted(hints, key=lambda hint: hint.offset))


def plan_hints(plan: Plan) -> tuple[Hint, ...]:
    """What a run does by itself, or does again and again, at the ends of the lines: `projected to 5 of 60`."""
    return tuple(
        Hint(_line_end(plan.original, item.span.end), f"  {item.label}", (), item.text)
        for item in (*done(plan), *computed_again(plan))
    )


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    line = text[offset : end if end >= 0 else len(text)]
    return offset + len(line.rstrip())


def _frames_in_words(facts: ModelFacts, schemas: FrameSchemas, frames: list[int]) -> str:
    texts = []
    for frame in frames:
        known = schemas.of(frame)
        text = _KINDS[facts.flow.frames[frame].kind]
        if known.exact:
            text += f", {len(known.columns)} column{'s' * (len(known.columns) != 1)}"
        if text not in texts:
            texts.append(text)
    return " or ".join(texts)
