"""A text as its client speaks of it: by URI, in positions of an encoding, with what the client can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lsp.text import positions

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.text.source import PositionEncoding, SourceText, Span
    from lsprotocol import types

    from glue_lsp.session.capabilities import ClientFeatures


@dataclass(frozen=True, slots=True)
class ClientText:
    """One text of a project (`root`; None outside of one) and the client that is told of it."""

    uri: str
    source: SourceText
    root: Path | None
    client: ClientFeatures
    encoding: PositionEncoding

    def range(self, span: Span) -> types.Range:
        """The client's range of a span."""
        return positions.to_range(self.source, span, self.encoding)
