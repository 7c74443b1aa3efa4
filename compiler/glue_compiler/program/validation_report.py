"""What a session found in a model, as diagnostics at the author's lines."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Diagnostic, Edit, Fix, Severity
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.program.validation import Columns, Difference, Outcome, SessionError
    from glue_compiler.text.source import SourceText

SESSION_CODES = {
    "GLU620": ("session-error", "The model fails in the session."),
    "GLU621": ("session-declared-columns", "It does not return the columns that are declared."),
    "GLU622": ("session-target-table", "It does not return the columns of the existing table."),
    "GLU623": (
        "session-inference",
        "It returns other columns than the analysis of its text found.",
    ),
    "GLU624": ("session-sample", "It needs rows, and was validated on a sample."),
    "GLU625": ("session-write-refused", "It writes by itself; what follows was not validated."),
    "GLU626": (
        "session-note",
        "Something that is done with the result, and that its author should know.",
    ),
}
"""Codes of what only a session can find: their names and summaries. Errors of Spark's analyser keep Spark's class."""

SPARK = "spark-analyser"
"""The name of diagnostics whose code is one of Spark's error classes."""

_PREFIX = re.compile(r"^\[[A-Z][A-Z0-9_.]*\]\s*")
_SUGGESTED = re.compile(r"\s*Did you mean one of the following\?\s*\[[^\]]*\]\.?")
_STATE = re.compile(r"\s*SQLSTATE: \w{5}\.?")
_POSITION = re.compile(r"\s*;\s*line \d+ pos \d+\s*\Z")


@dataclass(frozen=True)
class Expectation:
    """What the returned columns are compared with.

    `contract` is off, warn or enforce. `target` are the columns (name, type) of the existing table;
    `replaced` tells that the next run replaces it. `inferred` are the names that the analysis found
    when it knew them all.
    """

    contract: str = "off"
    target: tuple[tuple[str, str], ...] | None = None
    replaced: bool = True
    on_schema_change: str = "ignore"
    inferred: tuple[str, ...] | None = None


def report(
    outcome: Outcome, source: SourceText, facts: ModelFacts, expected: Expectation
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a validation, in the order of the text."""
    found = list(_sampled(outcome, source))
    if outcome.error is not None:
        found.append(_error(outcome.error, outcome, source, facts))
    else:
        place = returned_place(facts, source)
        found += _declared(outcome.differences, expected, place)
        found += _target(outcome.columns, expected, place)
        found += _inferred(outcome.columns, expected, place)
        for note in outcome.notes:
            found.append(_finding("GLU626", note, place, Severity.INFORMATION))
    return tuple(sorted(found, key=lambda item: (item.span, item.code, item.message)))


def returned_place(facts: ModelFacts, source: SourceText) -> Span:
    """Where the model returns: the value of its last return when it begins in that line, else the line itself."""
    returns = [item for item in facts.flow.returns if not item.implicit]
    if not returns:
        return line_place(source, 1)
    last = max(returns, key=lambda item: item.span)
    value = last.value_span or last.span
    same_line = source.line_of(value.start) == source.line_of(last.span.start)
    return first_line(source, value if same_line else last.span)


def first_line(source: SourceText, span: Span) -> Span:
    """The part of a span that is on its first line."""
    line = source.line_of(span.start)
    return Span(span.start, min(span.end, max(source.line_span(line).end, span.start)))


def line_place(source: SourceText, line: int) -> Span:
    """The code of a line (1-based), without the white space around it."""
    line = min(max(line, 1), source.line_count)
    span = source.line_span(line)
    text = source.slice(span)
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, max(start, span.start + len(text.rstrip())))


def named_place(source: SourceText, line: int, name: str) -> Span | None:
    """The string or attribute that is `name` in the statement around a line, the nearest to it; None for none."""
    try:
        tree = parse_ast(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
    ]
    if not statements:
        return None
    inner = min(statements, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    wanted = {name.lower(), name.rpartition(".")[2].lower()}
    places: list[tuple[int, Span]] = []
    for node in ast.walk(inner):
        last = getattr(node, "end_lineno", None)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.lower() in wanted and node.lineno == last:
                span = _span(source, node)
                quoted = source.slice(span)
                at = quoted.lower().find(node.value.lower())
                if at >= 0:
                    start = span.start + at
                    places.append((abs(node.lineno - line), Span(start, start + len(node.value))))
        elif isinstance(node, ast.Attribute) and node.attr.lower() in wanted and last is not None:
            end = source.offset_of_utf8(last, node.end_col_offset or 0)
            places.append((abs(last - line), Span(end - len(node.attr), end)))
    return min(places)[1] if places else None


def _span(source: SourceText, node: ast.expr) -> Span:
    return Span(
        source.offset_of_utf8(node.lineno, node.col_offset),
        source.offset_of_utf8(node.end_lineno or node.lineno, node.end_col_offset or 0),
    )


def _finding(
    code: str,
    message: str,
    span: Span,
    severity: Severity,
    help_text: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    name = SESSION_CODES[code][0] if code in SESSION_CODES else SPARK
    return Diagnostic(code, name, message, span, severity, fixes, help=help_text)


def _error(
    error: SessionError, outcome: Outcome, source: SourceText, facts: ModelFacts
) -> Diagnostic:
    place = returned_place(facts, source) if error.phase == "result" else line_place(source, 1)
    named = None
    if error.line is not None:
        place = line_place(source, error.line)
        if error.name is not None:
            named = named_place(source, error.line, error.name)
    if error.type == "WriteRefused":
        return _finding("GLU625", error.message, place, Severity.INFORMATION)
    message = error.message
    for noise in (_PREFIX, _SUGGESTED, _STATE, _POSITION):
        message = noise.sub("", message)
    message = message.strip()
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
    if error.analyser or error.error_class:
        code = error.error_class or "ANALYSIS"
        return _finding(code, message, named or place, Severity.ERROR, help_text, fixes)
    if error.type not in ("DbtError", "ModelError") and not message.startswith(error.type):
        message = f"{error.type}: {message}"
    if outcome.rows is None:
        return _finding("GLU620", message, named or place, Severity.ERROR, help_text)
    # Fewer rows than in a run may be all there is to it.
    sample = f"This was found on a sample of at most {outcome.rows:,} rows of each table."
    return _finding("GLU620", message, named or place, Severity.WARNING, sample)


def _sampled(outcome: Outcome, source: SourceText) -> Iterator[Diagnostic]:
    if outcome.rows is None:
        return
    for item in outcome.forced:
        place = line_place(source, item.line or 1)
        yield _finding(
            "GLU624",
            f"`{item.what}` needs rows: the validation ran on a sample of at most {outcome.rows:,} rows of each table",
            place,
            Severity.INFORMATION,
        )


def _declared(
    differences: Sequence[Difference], expected: Expectation, place: Span
) -> Iterator[Diagnostic]:
    severity = Severity.ERROR if expected.contract == "enforce" else Severity.WARNING
    where = "YAML" if expected.contract == "off" else f"columns_contract: {expected.contract}"
    for item in differences:
        if item.what == "extra" and expected.contract == "off":
            continue
        message = {
            "missing": f"`{item.column}` is declared and not returned",
            "extra": f"`{item.column}` ({item.returned}) is returned and not declared",
            "type": f"`{item.column}` is {item.returned}, and declared as {item.declared}",
            "unknown": f"`{item.column}` is declared as {item.declared}, which is no type of Spark's",
        }[item.what]
        yield _finding("GLU621", f"{message} ({where})", place, severity)


def _target(returned: Columns, expected: Expectation, place: Span) -> Iterator[Diagnostic]:
    if expected.target is None:
        return
    have = {name.lower(): kind for name, kind, _ in returned}
    there = {name.lower(): kind for name, kind in expected.target}
    changes = [f"adds `{name}` ({kind})" for name, kind in have.items() if name not in there]
    changes += [f"lacks `{name}`" for name in there if name not in have]
    changes += [
        f"has `{name}` as {kind} in place of {there[name]}"
        for name, kind in have.items()
        if name in there and there[name].lower() != kind.lower()
    ]
    if not changes:
        return
    severity = Severity.INFORMATION
    help_text = "The next run replaces the table."
    if not expected.replaced:
        policy = expected.on_schema_change
        severity = Severity.ERROR if policy == "fail" else Severity.WARNING
        help_text = f"The model is incremental, and its on_schema_change is {policy}."
        if policy in ("append_new_columns", "sync_all_columns"):
            severity = Severity.INFORMATION
    text = f"compared with the existing table, the result {', '.join(changes)}"
    yield _finding("GLU622", text, place, severity, help_text)


def _inferred(returned: Columns, expected: Expectation, place: Span) -> Iterator[Diagnostic]:
    if expected.inferred is None:
        return
    names = [name.lower() for name, _, _ in returned]
    if sorted(names) != sorted(name.lower() for name in expected.inferred):
        yield _finding(
            "GLU623",
            f"the session returns {', '.join(f'`{name}`' for name in names)}; "
            f"the analysis of the text expected {', '.join(f'`{name}`' for name in expected.inferred)}",
            place,
            Severity.INFORMATION,
            "A schema that it rests on may be out of date: refresh the schemas.",
        )
