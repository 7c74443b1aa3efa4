"""What `dbt-glue check` prints: one module per format, each with `lines(report, color)`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_cli.report import Report

FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif")
_MODULES = {"json": "as_json"}


def lines(name: str, report: Report, *, color: bool) -> Iterable[str]:
    """The report in one of FORMATS, line by line."""
    module = import_module(f"{__name__}.{_MODULES.get(name, name)}")
    found: Iterable[str] = module.lines(report, color)
    return found
