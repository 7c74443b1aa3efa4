"""What a session's answer says of a text: where its error stands, in which words, and what Spark suggests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Finding
from glue_compiler.text.places import first_line, line_place, named_place

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.program.outcome import SessionError
    from glue_compiler.rules.definition import Context
    from glue_compiler.text.source import SourceText, Span

_PREFIX = re.compile(r"^\[[A-Z][A-Z0-9_.]*\]\s*")
_SUGGESTED = re.compile(r"\s*Did you mean one of the following\?\s*\[[^\]]*\]\.?")
_STATE = re.compile(r"\s*SQLSTATE: \w{5}\.?")
_POSITION = re.compile(r"\s*;\s*line \d+ pos \d+\s*\Z")
_REFUSED = "WriteRefused"
_ANALYSIS = "ANALYSIS"


def returned_place(facts: ModelFacts, source: SourceText) -> Span:
    """Where the model returns: the value of its last return when it begins in that line, else the line itself."""
    returns = [item for item in facts.flow.returns if not item.implicit]
    if not returns:
        return line_place(source, 1)
    last = max(returns, key=lambda item: item.span)
    value = last.value_span or last.span
    same_line = source.line_of(value.start) == source.line_of(last.span.start)
    return first_line(source, value if same_line else last.span)


def is_refused_write(error: SessionError) -> bool:
    """Whether the model was stopped because it writes by itself."""
    return error.type == _REFUSED


def spark_class(error: SessionError) -> str | None:
    """The class of an error that Spark's analyser found; None for every other error."""
    if is_refused_write(error) or not (error.analyser or error.error_class):
        return None
    return error.error_class or _ANALYSIS


def error_line(error: SessionError, context: Context) -> Span:
    """The line of an error; where it has none, what the model returns or the first line."""
    if error.line is not None:
        return line_place(context.source, error.line)
    if error.phase == "result":
        return returned_place(context.facts, context.source)
    return line_place(context.source, 1)


def failure(error: SessionError, context: Context) -> Finding:
    """An error at the name that it is about, or at its line, without the noise of Spark's messages."""
    named = None
    if error.line is not None and error.name is not None:
        named = named_place(context.source, error.line, error.name)
    message = error.message
    for noise in (_PREFIX, _SUGGESTED, _STATE, _POSITION):
        message = noise.sub("", message)
    help_text = None
    fixes: tuple[Fix, ...] = ()
    if error.suggestions:
        listed = ", ".join(f"`{name}`" for name in error.suggestions)
        help_text = f"Spark suggests {listed}."
        if named is not None and not (error.error_class or "").startswith("AMBIGUOUS"):
            fixes = tuple(
                Fix(f"Write `{name}`", (Edit(named, name.rpartition(".")[2]),), "unsafe")
                for name in error.suggestions[:3]
            )
    if error.error_class == "TABLE_OR_VIEW_NOT_FOUND":
        help_text = "Build what the model reads first: `dbt run` (or `dbt seed`) with its name."
    place = named or error_line(error, context)
    return Finding(place, message.strip(), help_text, fixes, severity=Severity.ERROR)
