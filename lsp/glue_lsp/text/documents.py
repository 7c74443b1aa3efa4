"""The open documents: their text as the client sees it, changed as the protocol says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.text.source import SourceText
from lsprotocol import types

from glue_lsp.text.positions import to_span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from glue_compiler.text.source import PositionEncoding


@dataclass(slots=True)
class Document:
    """An open text. `source` is replaced, never changed, by an edit."""

    uri: str
    path: Path | None
    language: str
    version: int
    source: SourceText

    def change(
        self,
        changes: Iterable[types.TextDocumentContentChangeEvent],
        version: int,
        encoding: PositionEncoding,
    ) -> None:
        """Apply the client's changes, each to the result of the one before."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                span = to_span(self.source, change.range, encoding)
                text = self.source.text
                self.source = SourceText(text[: span.start] + change.text + text[span.end :])
            else:
                self.source = SourceText(change.text)
        self.version = version


@dataclass(slots=True)
class Documents:
    """The documents that the client has open, by URI."""

    _open: dict[str, Document] = field(default_factory=dict)

    def open(self, item: types.TextDocumentItem, path: Path | None) -> Document:
        """Take over a document from the client."""
        document = Document(item.uri, path, item.language_id, item.version, SourceText(item.text))
        self._open[item.uri] = document
        return document

    def close(self, uri: str) -> None:
        """Forget a document; the file on disk counts again."""
        self._open.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        """An open document."""
        return self._open.get(uri)

    def has(self, source: SourceText) -> bool:
        """Whether this is the present text of an open document."""
        return any(item.source is source for item in self._open.values())

    def at(self, path: Path) -> Document | None:
        """The open document of a file."""
        return next((item for item in self._open.values() if item.path == path), None)

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def uris(self) -> Sequence[str]:
        """The URIs of all open documents."""
        return tuple(self._open)
