"""The facts of one text, version after version; what an edit leaves as it was is not analysed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.text.source import SourceText


class LiveAnalysis:
    """The analysis of one text through its versions, for one thread at a time."""

    def __init__(self, options: AnalysisOptions) -> None:
        self._options = options

    def facts(self, source: SourceText) -> ModelFacts:
        """The facts of the next version: those that `analyze` would give for it alone."""
        return analyze(source, self._options)
