"""What a session found in a model, as diagnostics at the author's lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.checks.active import active_rules, diagnostics_of
from glue_compiler.checks.suppression import apply_suppressions
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.program.outcome import Expectation
from glue_compiler.project.settings import Settings
from glue_compiler.rules.definition import Context
from glue_compiler.rules.session import failure, spark_class

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.program.outcome import Outcome
    from glue_compiler.text.source import SourceText

SPARK = "spark-analyser"
"""The name of diagnostics whose code is one of Spark's error classes."""


def check_session(
    facts: ModelFacts,
    source: SourceText,
    outcome: Outcome,
    expected: Expectation | None = None,
    settings: Settings | None = None,
    *,
    path: str | None = None,
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a validation, in the order of the text.

    An error of Spark's analyser has Spark's class for its code and is never left out. All else is
    found by rules, under the settings and under the comments that name the rule; a comment that
    names none speaks of the text, which such a finding is not about. `path` is the file's, relative
    to the project and with forward slashes.
    """
    settings = settings or Settings()
    expected = expected or Expectation()
    context = Context(facts, source, settings, path=path, outcome=outcome, expected=expected)
    rules = [
        (rule, severity)
        for rule, severity in active_rules(settings, path)
        if rule.minimum == "session"
    ]
    found = diagnostics_of(rules, context)
    kept = list(apply_suppressions(found, facts, source, (), None, bare=False))
    if outcome.error is not None:
        code = spark_class(outcome.error)
        if code is not None:
            item = failure(outcome.error, context)
            kept.append(
                Diagnostic(
                    code, SPARK, item.message, item.span, Severity.ERROR, item.fixes, help=item.help
                )
            )
    return tuple(sorted(kept, key=lambda item: (item.span, item.code, item.message)))
