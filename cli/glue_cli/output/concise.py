"""One line per finding, then a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from glue_compiler.findings.render import Segment, location

from glue_cli.colors import styled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.render import Style

    from glue_cli.report import Report

_PLURALS = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "information": ("note", "notes"),
    "hint": ("hint", "hints"),
}


def lines(report: Report, color: bool) -> Iterator[str]:
    """`path:line:column: severity[code] message` per finding."""
    for file, diagnostic in report.findings():
        severity: Style = diagnostic.severity.value
        yield styled(
            (
                Segment(location(file.source, file.path, diagnostic.span), "path"),
                Segment(": "),
                Segment(f"{severity}[{diagnostic.code}]", severity),
                Segment(f" {diagnostic.message}"),
            ),
            color,
        )
    yield from summary(report, color)


def summary(report: Report, color: bool) -> Iterator[str]:
    """How many files were checked and what was found in them."""
    counts = report.counts
    files = f"{report.checked} model{'' if report.checked == 1 else 's'}"
    yield from report.notes
    if not counts:
        text = f"{files} checked, nothing found"
        yield click.style(text, fg="green", bold=True) if color else text
        return
    parts = [
        f"{counts[key]} {one if counts[key] == 1 else many}"
        for key, (one, many) in _PLURALS.items()
        if counts[key]
    ]
    text = f"{files} checked: {', '.join(parts)}"
    yield click.style(text, bold=True) if color else text
    safe, unsafe = report.fixable
    if safe:
        yield f"{safe} can be fixed with --fix" + (
            f", {unsafe} more with --fix --unsafe-fixes" if unsafe else ""
        )
    elif unsafe:
        yield f"{unsafe} can be fixed with --fix --unsafe-fixes"
