"""Workflow commands that GitHub Actions shows as annotations of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_cli.report import position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_cli.report import Report

_LEVELS = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}


def lines(report: Report, color: bool) -> Iterator[str]:
    """`::error file=...,line=...::message` per finding."""
    del color
    for file, diagnostic in report.findings():
        where = position(file.source, diagnostic.span)
        properties = {
            "file": file.path,
            "line": where["line"],
            "col": where["column"],
            "endLine": where["end_line"],
            "endColumn": where["end_column"],
            "title": f"{diagnostic.code} {diagnostic.name}",
        }
        listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        text = diagnostic.message + (f"\n{diagnostic.help}" if diagnostic.help else "")
        yield f"::{_LEVELS[diagnostic.severity.value]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
