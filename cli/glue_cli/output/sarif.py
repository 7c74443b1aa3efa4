"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from glue_compiler.build import VERSION
from glue_compiler.rules import rule

from glue_cli.report import position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.diagnostics import Diagnostic, Fix
    from glue_compiler.text.source import Span

    from glue_cli.report import FileReport, Report

_LEVELS = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def lines(report: Report, color: bool) -> Iterator[str]:
    """The whole log."""
    del color
    findings = list(report.findings())
    codes = sorted({diagnostic.code for _, diagnostic in findings})
    yield json.dumps(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "dbt-glue",
                            "version": VERSION,
                            "rules": [_rule(code) for code in codes],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [
                        _result(file, diagnostic, codes.index(diagnostic.code))
                        for file, diagnostic in findings
                    ],
                }
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _rule(code: str) -> dict[str, Any]:
    found = rule(code)
    return {
        "id": code,
        "name": "".join(part.title() for part in found.name.split("-")),
        "shortDescription": {"text": found.summary},
        "fullDescription": {"text": " ".join(found.why.split())},
        "help": {"text": " ".join(found.fix.split())},
        "defaultConfiguration": {"level": _LEVELS[found.severity.value]},
    }


def _result(file: FileReport, diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity.value],
        "message": {"text": diagnostic.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(file),
                    "region": _region(file, diagnostic.span),
                }
            }
        ],
    }
    if diagnostic.fixes:
        result["fixes"] = [_fix(file, fix) for fix in diagnostic.fixes]
    return result


def _fix(file: FileReport, fix: Fix) -> dict[str, Any]:
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file),
                "replacements": [
                    {
                        "deletedRegion": _region(file, edit.span),
                        "insertedContent": {"text": edit.new_text},
                    }
                    for edit in fix.edits
                ],
            }
        ],
    }


def _artifact(file: FileReport) -> dict[str, str]:
    from urllib.parse import quote

    return {"uri": quote(file.path.replace("\\", "/"))}


def _region(file: FileReport, span: Span) -> dict[str, int]:
    where = position(file.source, span)
    return {
        "startLine": where["line"],
        "startColumn": where["column"],
        "endLine": where["end_line"],
        "endColumn": where["end_column"],
    }
