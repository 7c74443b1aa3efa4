"""The compiler's findings as the protocol's diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.text.positions import line_range, uri_of

if TYPE_CHECKING:
    from glue_compiler.findings.diagnostics import Diagnostic, Fix, Related
    from glue_compiler.text.source import SourceText

    from glue_lsp.session.client_text import ClientText
    from glue_lsp.session.snapshot import Snapshot

SOURCE = "dbt-glue"
SPARK = "spark"
"""The source of diagnostics that are Spark's own words."""
_DOCUMENTATION = "https://dbt-glue-python.readthedocs.io/en/latest"
VALIDATION_URL = f"{_DOCUMENTATION}/validation/"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_TAGS = {
    "unnecessary": types.DiagnosticTag.Unnecessary,
    "deprecated": types.DiagnosticTag.Deprecated,
}


def rule_url(code: str) -> str:
    """The page of a rule."""
    return f"{_DOCUMENTATION}/rules/{code}/"


def diagnostics_of(snapshot: Snapshot) -> list[types.Diagnostic]:
    """All findings in a model: the compiler's, and those of its last validation in a session."""
    text = snapshot.client_text
    return [to_diagnostic(item, text) for item in snapshot.diagnostics] + [
        to_session_diagnostic(item, text) for item in snapshot.session_findings
    ]


def to_diagnostic(item: Diagnostic, text: ClientText) -> types.Diagnostic:
    """A finding for the client. What the client cannot show apart becomes part of the message.

    `data` carries the fixes as edits of the text with this hash, so that a code action needs no
    analysis and is withheld when the text has changed since.
    """
    client = text.client
    message = item.message if item.help is None else f"{item.message}\n{item.help}"
    related = None
    if item.related and client.related_information:
        related = [_related_information(place, text) for place in item.related]
    else:
        message += "".join(f"\n{_place_in_words(place, text.source)}" for place in item.related)
    tags = [_TAGS[tag] for tag in item.tags] if item.tags and client.diagnostic_tags else None
    description = types.CodeDescription(rule_url(item.code)) if client.code_description else None
    return types.Diagnostic(
        range=text.range(item.span),
        message=message,
        severity=_SEVERITIES[item.severity.value],
        code=item.code,
        code_description=description,
        source=SOURCE,
        tags=tags,
        related_information=related,
        data=_data(item, text) if client.diagnostic_data else None,
    )


def to_session_diagnostic(item: Diagnostic, text: ClientText) -> types.Diagnostic:
    """A finding of a session for the client; of what is no rule of ours, Spark is the source."""
    diagnostic = to_diagnostic(item, text)
    if not item.code.startswith("GLU"):
        diagnostic.source = SPARK
    if diagnostic.code_description is not None:
        diagnostic.code_description = types.CodeDescription(VALIDATION_URL)
    return diagnostic


def _data(item: Diagnostic, text: ClientText) -> dict[str, Any]:
    return {
        "hash": text.source.hash,
        "name": item.name,
        "fixes": [fix_data(fix, text) for fix in item.fixes],
    }


def fix_data(fix: Fix, text: ClientText) -> dict[str, Any]:
    """A fix as JSON data: its edits are `[line, character, line, character, text]`."""
    edits = []
    for edit in fix.edits:
        start, end = (text.source.to_position(offset, text.encoding) for offset in edit.span)
        edits.append([*start, *end, edit.new_text])
    return {"title": fix.title, "safe": fix.safety == "safe", "edits": edits}


def edits_of(data: list[list[Any]]) -> list[types.TextEdit]:
    """The edits that a diagnostic carried in its data."""
    return [
        types.TextEdit(types.Range(types.Position(*row[:2]), types.Position(*row[2:4])), row[4])
        for row in data
    ]


def _related_information(place: Related, text: ClientText) -> types.DiagnosticRelatedInformation:
    uri, where = text.uri, line_range(place.line or 1)
    if place.path is None and place.span is not None:
        where = text.range(place.span)
    elif place.path is not None and text.root is not None:
        uri = uri_of(text.root / place.path)
    return types.DiagnosticRelatedInformation(types.Location(uri, where), place.message)


def _place_in_words(place: Related, source: SourceText) -> str:
    line = place.line
    if place.span is not None:
        line = source.line_of(place.span.start)
    return f"{place.message}: {place.path or 'line'}{':' if place.path else ' '}{line or 1}"
