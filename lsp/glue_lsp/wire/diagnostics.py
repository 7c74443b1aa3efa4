"""The compiler's findings as the protocol's diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.text.positions import line_range, to_range, uri_of

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.findings.diagnostics import Diagnostic, Fix, Related
    from glue_compiler.text.source import PositionEncoding, SourceText

    from glue_lsp.session.capabilities import ClientFeatures

SOURCE = "dbt-glue"
RULES_URL = "https://dbt-glue-python.readthedocs.io/en/latest/rules"

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
    return f"{RULES_URL}/{code}/"


def to_diagnostic(
    item: Diagnostic,
    source: SourceText,
    uri: str,
    root: Path | None,
    client: ClientFeatures,
    encoding: PositionEncoding,
) -> types.Diagnostic:
    """A finding for the client. What the client cannot show apart becomes part of the message.

    `data` carries the fixes as edits of the text with this hash, so that a code action needs no
    analysis and is withheld when the text has changed since.
    """
    message = item.message if item.help is None else f"{item.message}\n{item.help}"
    related = None
    if item.related and client.related_information:
        related = [_related(place, source, uri, root, encoding) for place in item.related]
    else:
        message += "".join(f"\n{_told(place, source)}" for place in item.related)
    tags = [_TAGS[tag] for tag in item.tags] if item.tags and client.diagnostic_tags else None
    description = types.CodeDescription(rule_url(item.code)) if client.code_description else None
    return types.Diagnostic(
        range=to_range(source, item.span, encoding),
        message=message,
        severity=_SEVERITIES[item.severity.value],
        code=item.code,
        code_description=description,
        source=SOURCE,
        tags=tags,
        related_information=related,
        data=_data(item, source, encoding) if client.diagnostic_data else None,
    )


def _data(item: Diagnostic, source: SourceText, encoding: PositionEncoding) -> dict[str, Any]:
    return {
        "hash": source.hash,
        "name": item.name,
        "fixes": [fix_data(fix, source, encoding) for fix in item.fixes],
    }


def fix_data(fix: Fix, source: SourceText, encoding: PositionEncoding) -> dict[str, Any]:
    """A fix as JSON data: its edits are `[line, character, line, character, text]`."""
    edits = []
    for edit in fix.edits:
        start, end = (source.to_position(offset, encoding) for offset in edit.span)
        edits.append([*start, *end, edit.new_text])
    return {"title": fix.title, "safe": fix.safety == "safe", "edits": edits}


def edits_of(data: list[list[Any]]) -> list[types.TextEdit]:
    """The edits that a diagnostic carried in its data."""
    return [
        types.TextEdit(types.Range(types.Position(*row[:2]), types.Position(*row[2:4])), row[4])
        for row in data
    ]


def _related(
    place: Related, source: SourceText, uri: str, root: Path | None, encoding: PositionEncoding
) -> types.DiagnosticRelatedInformation:
    where = line_range(place.line or 1)
    if place.path is None and place.span is not None:
        where = to_range(source, place.span, encoding)
    elif place.path is not None and root is not None:
        uri = uri_of(root / place.path)
    return types.DiagnosticRelatedInformation(types.Location(uri, where), place.message)


def _told(place: Related, source: SourceText) -> str:
    line = place.line
    if place.span is not None:
        line = source.line_of(place.span.start)
    return f"{place.message}: {place.path or 'line'}{':' if place.path else ' '}{line or 1}"
