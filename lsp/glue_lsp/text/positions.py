"""The edge between offsets in a text and the protocol's positions, URIs and edits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.text.source import SourceText, Span
from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.findings.diagnostics import Edit
    from glue_compiler.text.source import PositionEncoding


def to_position(source: SourceText, offset: int, encoding: PositionEncoding) -> types.Position:
    """The protocol's position of an offset."""
    return types.Position(*source.to_position(offset, encoding))


def to_range(source: SourceText, span: Span, encoding: PositionEncoding) -> types.Range:
    """The protocol's range of a span."""
    return types.Range(
        to_position(source, span.start, encoding), to_position(source, span.end, encoding)
    )


def to_offset(source: SourceText, position: types.Position, encoding: PositionEncoding) -> int:
    """The offset of a position; positions beyond a line or the text are moved to its end."""
    return source.from_position(position.line, position.character, encoding)


def to_span(source: SourceText, where: types.Range, encoding: PositionEncoding) -> Span:
    """The span of a range; a range that runs backwards is turned around."""
    start = to_offset(source, where.start, encoding)
    end = to_offset(source, where.end, encoding)
    return Span(min(start, end), max(start, end))


def line_range(line: int) -> types.Range:
    """The range at the start of a 1-based line of a file whose text is not at hand."""
    position = types.Position(max(line - 1, 0), 0)
    return types.Range(position, position)


def to_text_edits(
    source: SourceText, edits: Iterable[Edit], encoding: PositionEncoding
) -> list[types.TextEdit]:
    """The protocol's edits of a fix."""
    return [types.TextEdit(to_range(source, edit.span, encoding), edit.new_text) for edit in edits]


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None for untitled and virtual documents."""
    path = to_fs_path(uri)
    return Path(path) if path else None


def uri_of(path: Path) -> str:
    """The URI of a file."""
    return from_fs_path(str(path)) or path.as_uri()
