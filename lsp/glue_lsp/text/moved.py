"""Moves what was found in an older text to where it is in a newer one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.findings.diagnostics import Diagnostic, Related
    from glue_compiler.text.shift import Shift


def moved_findings(found: Iterable[Diagnostic], shift: Shift) -> list[Diagnostic]:
    """The findings on lines that did not change, without fixes: their effect was proved on the older text."""
    moved = []
    for item in found:
        span = shift.to_new(item.span)
        if span is not None:
            related = tuple(filter(None, (_moved_place(place, shift) for place in item.related)))
            moved.append(replace(item, span=span, fixes=(), related=related))
    return moved


def _moved_place(place: Related, shift: Shift) -> Related | None:
    if place.span is None or place.path is not None:
        return place
    span = shift.to_new(place.span)
    return None if span is None else replace(place, span=span)
