"""Facts and diagnostics of texts, remembered by content, so that asking again costs nothing."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from glue_lsp.work.analysis_process import LONG, AnalysisProcess, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Checked, Workspace

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

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def put(self, key: Hashable, value: V) -> None:
        """Remember a value."""
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Compute the value of a key anew when it is asked for again."""
        self._values.pop(key, None)


class Analyses:
    """The analyses of one session. The compiler is imported when the first text is analysed."""

    def __init__(self) -> None:
        self._facts: Memory[ModelFacts] = Memory(256)
        self._analyses: Memory[Checked] = Memory(64)
        self.process: AnalysisProcess | None = None

    def use_process(self) -> None:
        """Have long texts analysed beside, from now on: `facts` and `of` raise Pending for them."""
        self.process = AnalysisProcess(self._facts.put)

    def close(self) -> None:
        """End what runs beside."""
        if self.process is not None:
            self.process.close()

    def facts(self, source: SourceText, options: AnalysisOptions) -> ModelFacts:
        """The facts of a text.

        Raises:
            Pending: for a long text that is not known yet.
        """
        from glue_compiler.analysis import analyze

        if self.process is not None and len(source) > LONG:
            key = (source.hash, options)
            if key not in self._facts:
                raise Pending(self.process.job(source, options))
        return self._facts.get((source.hash, options), lambda: analyze(source, options))

    def of(self, source: SourceText, path: str | None, workspace: Workspace) -> Checked:
        """The analysis of a text; `path` as the project names it."""
        key = (source.hash, workspace.around.digest, path)
        known = self._analyses.get(key, lambda: workspace.checked(path, source))
        if workspace.still_holds(known.used):
            return known
        self._analyses.forget(key)
        return self._analyses.get(key, lambda: workspace.checked(path, source))
