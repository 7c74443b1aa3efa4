"""Facts and diagnostics of texts, remembered by content, so that asking again costs nothing."""

from __future__ import annotations

import gc
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.incremental.texts import LiveTexts
    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Checked, Workspace

    from glue_lsp.text.documents import Documents

V = TypeVar("V")


class Memory(Generic[V]):
    """The last values by key, the one that was not used for longest forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], V]) -> V:
        """The value of a key, computed when it is not remembered."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        value = compute()
        self.put(key, value)
        return value

    def known(self, key: Hashable) -> V | None:
        """The value of a key if it is remembered."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Hashable, value: V) -> None:
        """Remember a value."""
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Compute the value of a key anew when it is asked for again."""
        self._values.pop(key, None)


class Analyses:
    """The analyses of one session. The compiler is imported when the first text is analysed.

    A text that is edited is analysed version after version, each from the one before. Of its versions only
    the last few are remembered: each holds facts of its own.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._live: LiveTexts | None = None
        self._versions: Memory[ModelFacts] = Memory(16)
        self._facts: Memory[ModelFacts] = Memory(512)
        self._checked: Memory[Memory[Checked]] = Memory(512)

    def facts(self, source: SourceText, options: AnalysisOptions) -> ModelFacts:
        """The facts of a text."""
        key = (source.hash, options)
        known = self._versions.known(key) or self._facts.known(key)
        if known is not None:
            return known
        from glue_compiler.analysis import analyze
        from glue_compiler.incremental.texts import LiveTexts
        from glue_compiler.rules import all_screens

        if self._live is None:
            self._live = LiveTexts(screens=all_screens())
        begun = self._live.begun
        found = self._live.facts(source, options, begin=self._documents.has(source))
        if self._live.begun != begun:
            # What was made for the first version stays while the text is edited: no garbage is in it.
            gc.freeze()
        if found is None:
            return self._facts.get(key, lambda: analyze(source, options))
        self._versions.put(key, found)
        return found

    def of(self, source: SourceText, path: str | None, workspace: Workspace) -> Checked:
        """The analysis of a text; `path` as the project names it."""
        versions = self._checked.get((workspace.root, path), lambda: Memory(2))
        key = (source.hash, workspace.around.digest)
        known = versions.get(key, lambda: workspace.checked(path, source))
        if workspace.still_holds(known.rests_on):
            return known
        versions.forget(key)
        return versions.get(key, lambda: workspace.checked(path, source))
