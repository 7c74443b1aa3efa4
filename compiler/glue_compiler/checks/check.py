"""Runs the rules over the facts of one file and returns what is left after settings and suppressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.checks.suppression import UNUSED, apply_suppressions
from glue_compiler.project.settings import Settings, matches_selector
from glue_compiler.rules import all_rules
from glue_compiler.rules._rule import Context
from glue_compiler.schemas.resolver import no_upstream

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.schemas.resolver import Upstream
    from glue_compiler.text.source import SourceText

_DEPTH = {"none": 0, "surface": 1, "full": 2}


def check(
    facts: ModelFacts,
    source: SourceText,
    project: ProjectContext | None = None,
    settings: Settings | None = None,
    *,
    path: str | None = None,
    upstream: Upstream = no_upstream,
) -> tuple[Diagnostic, ...]:
    """All diagnostics of one file, in the order of the text, without duplicates.

    `path` is the file's, relative to the project and with forward slashes: with it, rules know
    which node of the project the file defines, and per-file-ignores apply. `upstream` gives the
    facts of other Python models, whose columns are then known. Nothing is raised for any text.
    """
    settings = settings or Settings()
    context = Context(facts, source, settings, project, path, upstream)
    ignored = settings.ignores_in(path) if path is not None else ()
    depth = _DEPTH[facts.analysed]
    active: set[str] = set()
    unused_severity = None
    found: dict[tuple[int, int, str, str], Diagnostic] = {}
    for rule in all_rules():
        severity = settings.severity_of(rule.code, rule.name, rule.severity)
        if severity is None or matches_selector(ignored, rule.code, rule.name):
            continue
        if rule.code == UNUSED:
            unused_severity = severity
            continue
        if _DEPTH[rule.minimum] > depth:
            continue
        active.add(rule.code)
        for diagnostic in rule.diagnostics(context, severity):
            span = diagnostic.span
            found.setdefault((span.start, span.end, rule.code, diagnostic.message), diagnostic)
    ordered = [found[key] for key in sorted(found)]
    return apply_suppressions(ordered, facts, source, active, unused_severity)
