"""Runs the rules over the facts of one file and returns what is left after settings and suppressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.checks.active import active_rules, diagnostics_of
from glue_compiler.checks.folding import folded
from glue_compiler.checks.suppression import UNUSED, apply_suppressions
from glue_compiler.project.settings import Settings
from glue_compiler.rules.definition import Context
from glue_compiler.schemas.resolver import no_upstream

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.schemas.resolver import Upstream
    from glue_compiler.text.source import SourceText

_DEPTH = {"none": 0, "surface": 1, "full": 2}
_NEVER = len(_DEPTH)
"""The depth of rules over a session's answer, which no analysis of a text reaches."""


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
    depth = _DEPTH[facts.analysed]
    on = active_rules(settings, path)
    running = [
        (rule, severity)
        for rule, severity in on
        if rule.code != UNUSED and _DEPTH.get(rule.minimum, _NEVER) <= depth
    ]
    unused_severity = next((severity for rule, severity in on if rule.code == UNUSED), None)
    active = {rule.code for rule, _ in running}
    found = diagnostics_of(running, context)
    kept = apply_suppressions(found, facts, source, active, unused_severity)
    return folded(kept, {rule.code for rule, _ in running if rule.folds})
