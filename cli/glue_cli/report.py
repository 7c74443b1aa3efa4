"""The outcome of a check of some files, as the output formats read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
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


def once_per_project(report: Report) -> Report:
    """The report of a project in which what rules say of many models alike is told for the first of them (`Rule.once`)."""
    told: dict[tuple[str, str], list[tuple[FileReport, Diagnostic]]] = {}
    for file, item in report.findings():
        if _is_told_once(item):
            told.setdefault((item.code, item.message), []).append((file, item))
    files = []
    for file in report.files:
        kept = []
        for item in file.diagnostics:
            places = told.get((item.code, item.message), [])
            if len(places) < 2 or not _is_told_once(item):
                kept.append(item)
            elif places[0][1] is item:
                kept.append(_told_for_all(item, places[1:]))
        if kept:
            files.append(replace(file, diagnostics=tuple(kept)))
    return replace(report, files=tuple(files))


def _is_told_once(item: Diagnostic) -> bool:
    from glue_compiler.rules import rule

    return item.severity.value != "error" and rule(item.code).once


def _told_for_all(item: Diagnostic, others: Sequence[tuple[FileReport, Diagnostic]]) -> Diagnostic:
    from glue_compiler.checks.folding import SAME, for_all
    from glue_compiler.findings.diagnostics import Related

    places = []
    for file, other in others:
        line, _ = file.source.line_column(other.span.start)
        places.append(Related(file.path, None, SAME, line))
    return for_all(item, places, " of the project")


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
