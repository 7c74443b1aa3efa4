"""Findings with their source frame, help and fix; for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.render import render

from glue_cli.colors import styled
from glue_cli.output.concise import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_cli.report import Report


def lines(report: Report, color: bool) -> Iterator[str]:
    """A block per finding, then the summary."""
    for file, diagnostic in report.findings():
        for line in render(file.source, diagnostic, file.path):
            yield styled(line, color)
        yield ""
    yield from summary(report, color)
