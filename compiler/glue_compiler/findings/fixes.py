"""Applies the fixes of diagnostics to a text until nothing is left to apply; the result parses, or is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_compiler.findings.diagnostics import Diagnostic, Edit, Fix

_MAX_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class FixedText:
    """A text after its fixes: the codes of those applied, in order, and what is left to say."""

    text: str
    applied: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap, applied together.

    Raises:
        ValueError: when they overlap or lie outside of the text.
    """
    ordered = sorted(edits, key=lambda edit: edit.span)
    parts: list[str] = []
    position = 0
    for edit in ordered:
        start, end = edit.span
        if start < position or end > len(text) or end < start:
            raise ValueError(f"the edit at {start}:{end} overlaps another or leaves the text")
        parts += (text[position:start], edit.new_text)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def fix_text(
    text: str, check_text: Callable[[SourceText], tuple[Diagnostic, ...]], *, unsafe: bool = False
) -> FixedText:
    """Apply safe fixes (and `unsafe` ones when asked) to a fixpoint.

    `check_text` gives the diagnostics of a text. Each round applies the first fix of every
    diagnostic whose edits do not touch another's. A round whose result does not parse, although
    the text before did, is done fix by fix, without those that break it.
    """
    applied: list[str] = []
    seen = {text}
    diagnostics = check_text(SourceText(text))
    for _ in range(_MAX_ROUNDS):
        chosen = _compatible_fixes(diagnostics, unsafe)
        if not chosen:
            break
        candidate, codes = _apply(text, chosen)
        if candidate in seen:
            break
        seen.add(candidate)
        text = candidate
        applied += codes
        diagnostics = check_text(SourceText(text))
    return FixedText(text, tuple(applied), diagnostics)


def _compatible_fixes(diagnostics: Iterable[Diagnostic], unsafe: bool) -> list[tuple[str, Fix]]:
    chosen: list[tuple[str, Fix]] = []
    taken: list[tuple[int, int]] = []
    for diagnostic in diagnostics:
        fix = diagnostic.safe_fix
        if fix is None and unsafe and diagnostic.fixes:
            fix = diagnostic.fixes[0]
        if fix is None or not fix.edits:
            continue
        spans = [(edit.span.start, edit.span.end) for edit in fix.edits]
        # edits that touch are kept apart too: their order would decide the result
        if any(start <= e and s <= end for start, end in spans for s, e in taken):
            continue
        taken += spans
        chosen.append((diagnostic.code, fix))
    return chosen


def _apply(text: str, chosen: list[tuple[str, Fix]]) -> tuple[str, list[str]]:
    together = apply_edits(text, (edit for _, fix in chosen for edit in fix.edits))
    if is_python(together) or not is_python(text):
        return together, [code for code, _ in chosen]
    kept: list[tuple[str, Fix]] = []
    for candidate in chosen:
        trial = [*kept, candidate]
        if is_python(apply_edits(text, (edit for _, fix in trial for edit in fix.edits))):
            kept = trial
    return (
        apply_edits(text, (edit for _, fix in kept for edit in fix.edits)),
        [code for code, _ in kept],
    )
