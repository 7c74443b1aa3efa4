"""What validations found in the open documents, until they are closed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.text.shift import Shift

from glue_lsp.text.moved import moved_findings

if TYPE_CHECKING:
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.text.source import SourceText


@dataclass(frozen=True)
class Validation:
    """What a validation found in a text; `mark` is another word for each."""

    source: SourceText
    diagnostics: tuple[Diagnostic, ...]
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def findings_in(self, source: SourceText) -> tuple[Diagnostic, ...]:
        """The findings where they are in the text as it is now; those on changed lines are dropped."""
        if self.source.hash == source.hash:
            return self.diagnostics
        return tuple(moved_findings(self.diagnostics, Shift(self.source, source)))
