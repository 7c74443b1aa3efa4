"""Conversions of a frame of one library into another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import Conversion

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.text.source import Span


def note_conversion(
    it: Interpretation,
    method: str,
    source: FrameValue,
    result: FrameValue,
    receiver: Span | None,
    why_all: str | None = None,
) -> None:
    """Record a conversion, whose call is the result's origin.

    What becomes of the columns of a frame on the driver is found out later; those of any other are
    not followed: all may be used (`why_all`).
    """
    span = result.origin
    if not it.recorder.on or span is None:
        return
    it.recorder.add(
        "conversions",
        Conversion(
            span=span,
            method=method,
            source=it.recorder.frame(source),
            target=result.kind,
            worlds=(),
            receiver=receiver,
            result=it.recorder.frame(result),
            function=it.function,
            why_all=why_all,
            unwritten=source.unwritten() if result.kind == "spark" else (),
        ),
    )
    if not result.on_driver:
        it.recorder.stays(span)
