"""The analyses of several texts that are being edited: whose next version a text is, it tells by itself."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from glue_compiler.incremental.live import LiveAnalysis, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.screens import Screen
    from glue_compiler.text.source import SourceText

_LEAST_SHARED = 0.5
"""A text that has less than this share of its lines in common with another is not a version of it."""
_FEW_LINES = 40
"""So many lines at most come or go where a text is repaired, or a question is put into it."""


class LiveTexts:
    """Up to `size` texts through their versions; the one that was not edited for longest is forgotten first.

    `begun` counts the texts that became known; `screens` are LiveAnalysis'.
    """

    def __init__(self, size: int = 8, screens: Sequence[Screen] = ()) -> None:
        self._size = size
        self._screens = screens
        self.begun = 0
        self._live: OrderedDict[int, tuple[AnalysisOptions, LiveAnalysis]] = OrderedDict()

    def facts(
        self, source: SourceText, options: AnalysisOptions, *, begin: bool
    ) -> ModelFacts | None:
        """The facts of a text that is the next version of a known one.

        With `begin` of any text: one that is no version of a known one becomes known. Without, they are None.
        """
        live = self._nearest(source.text, options, any_distance=begin)
        if live is None:
            if not begin:
                return None
            live = LiveAnalysis(options, self._screens)
            self.begun += 1
            if len(self._live) >= self._size:
                _, (_, forgotten) = self._live.popitem(last=False)
                forgotten.close()
        self._live[id(live)] = options, live
        self._live.move_to_end(id(live))
        return live.facts(source)

    def _nearest(
        self, text: str, options: AnalysisOptions, *, any_distance: bool
    ) -> LiveAnalysis | None:
        """The text that has most of its lines in common with another, in whatever places the two differ.

        Not at `any_distance` it is one that a repair or a question made of another: a model that was copied
        from an open one is no version of it.
        """
        best: LiveAnalysis | None = None
        most = _LEAST_SHARED
        lines = lines_of(text)
        for made_for, live in self._live.values():
            if made_for != options:
                continue
            common = len(lines & live.lines)
            shared = common / max(len(lines), len(live.lines), 1)
            others = len(lines) + len(live.lines) - 2 * common
            if shared > most and (any_distance or others <= _FEW_LINES):
                best, most = live, shared
        return best
