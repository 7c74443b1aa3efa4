"""Findings that say the same of several places in a file: one finding, with the other places beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Fix, Related

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from glue_compiler.findings.diagnostics import Diagnostic


SAME = "the same here"


def folded(diagnostics: Iterable[Diagnostic], codes: Collection[str]) -> tuple[Diagnostic, ...]:
    """The findings, in their order; of some rules one for each message, at the first of its places."""
    groups: dict[object, list[Diagnostic]] = {}
    for item in diagnostics:
        alike: object = (item.code, item.message) if item.code in codes else item
        groups.setdefault(alike, []).append(item)
    return tuple([group[0] if len(group) == 1 else _one(group) for group in groups.values()])


def _one(group: Sequence[Diagnostic]) -> Diagnostic:
    first, *others = group
    places = [Related(None, item.span, SAME) for item in others]
    return replace(for_all(first, places), fixes=_fixed_at_once(group))


def for_all(first: Diagnostic, places: Sequence[Related], of: str = "") -> Diagnostic:
    """A finding with the other places of which it holds; `of` says what these are places of, behind their number."""
    more = "1 more place" if len(places) == 1 else f"{len(places)} more places"
    return replace(
        first,
        message=f"{first.message} (the same at {more}{of})",
        related=(*first.related, *places),
    )


def _fixed_at_once(group: Sequence[Diagnostic]) -> tuple[Fix, ...]:
    """The first fix of each, as one, where they do the same."""
    fixes = [item.fixes[0] for item in group if item.fixes]
    kinds = {(fix.title, fix.safety) for fix in fixes}
    if len(kinds) != 1:
        return group[0].fixes
    edits = dict.fromkeys(edit for fix in fixes for edit in fix.edits)
    return (replace(fixes[0], edits=tuple(edits)),)
