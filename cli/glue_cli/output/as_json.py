"""Findings as a JSON array; lines and columns count from 1, spans in code points."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from glue_cli.report import FileReport, position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.diagnostics import Diagnostic

    from glue_cli.report import Report


def lines(report: Report, color: bool) -> Iterator[str]:
    """The whole array."""
    del color
    yield json.dumps(
        [entry(file, diagnostic) for file, diagnostic in report.findings()],
        indent=2,
        ensure_ascii=False,
    )


def entry(file: FileReport, diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding."""
    data = diagnostic.to_dict()
    for fix in data["fixes"]:
        for edit in fix["edits"]:
            edit["location"] = position(file.source, _span(edit["span"]))
    return {"path": file.path, "location": position(file.source, diagnostic.span), **data}


def _span(pair: list[int]) -> Any:
    from glue_compiler.text.source import Span

    return Span(pair[0], pair[1])
