"""Which rules run on a file under some settings, how severe they are, and what they find, each finding once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.project.settings import Settings, matches_selector
from glue_compiler.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.findings.diagnostics import Diagnostic, Severity
    from glue_compiler.rules.definition import Context, Rule


def active_rules(settings: Settings, path: str | None) -> tuple[tuple[Rule, Severity], ...]:
    """The rules that are on for a file, in order of their code; `path` is relative to the project."""
    ignored = settings.ignores_in(path) if path is not None else ()
    severity = tuple(settings.severity.items())
    return _rules_under(settings.select, settings.ignore, severity, ignored)


@lru_cache(maxsize=64)
def _rules_under(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[tuple[str, str], ...],
    ignored: tuple[str, ...],
) -> tuple[tuple[Rule, Severity], ...]:
    """The rules under such settings, which hold for nearly all files of a project."""
    settings = Settings(select=select, ignore=ignore, severity=dict(severity))
    found = []
    for rule in all_rules():
        level = settings.severity_of(rule.code, rule.name, rule.severity)
        if level is not None and not matches_selector(ignored, rule.code, rule.name):
            found.append((rule, level))
    return tuple(found)


def diagnostics_of(rules: Iterable[tuple[Rule, Severity]], context: Context) -> list[Diagnostic]:
    """What the rules find, in the order of the text, without duplicates."""
    found: dict[tuple[int, int, str, str], Diagnostic] = {}
    for rule, severity in rules:
        for item in rule.diagnostics(context, severity):
            key = (item.span.start, item.span.end, rule.code, item.message)
            found.setdefault(key, item)
    return [found[key] for key in sorted(found)]
