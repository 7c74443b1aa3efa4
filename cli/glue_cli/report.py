"""The outcome of a check of some files, as the output formats read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.text.source import SourceText, Span


@dataclass(frozen=True)
class FileReport:
    """What was found in one file; `path` is as shown, relative to the working folder."""

    path: str
    source: SourceText
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Report:
    """All files with findings, and how many were checked in all."""

    files: tuple[FileReport, ...]
    checked: int
    notes: tuple[str, ...] = field(default_factory=tuple)

    def findings(self) -> Iterator[tuple[FileReport, Diagnostic]]:
        """The findings of all files, in order."""
        for file in self.files:
            for diagnostic in file.diagnostics:
                yield file, diagnostic

    @property
    def counts(self) -> Counter[str]:
        """How many findings there are of each severity."""
        return Counter(diagnostic.severity.value for _, diagnostic in self.findings())

    @property
    def fails(self) -> bool:
        """Whether there is an error or a warning; information and hints do not fail a check."""
        counts = self.counts
        return bool(counts["error"] or counts["warning"])

    @property
    def fixable(self) -> tuple[int, int]:
        """How many findings have a safe fix, and how many only an unsafe one."""
        safe = unsafe = 0
        for _, diagnostic in self.findings():
            if diagnostic.safe_fix is not None:
                safe += 1
            elif diagnostic.fixes:
                unsafe += 1
        return safe, unsafe


def merged(reports: Sequence[Report]) -> Report:
    """The reports of several projects as one; a note that all of them have is said once."""
    if len(reports) == 1:
        return reports[0]
    return Report(
        tuple(file for report in reports for file in report.files),
        sum(report.checked for report in reports),
        tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def position(source: SourceText, span: Span) -> dict[str, Any]:
    """Start and end as 1-based lines and columns; the end column is the one after the last."""
    line, column = source.line_column(span.start)
    end_line, end_column = source.line_column(span.end)
    return {
        "line": line,
        "column": column + 1,
        "end_line": end_line,
        "end_column": end_column + 1,
    }
