"""The facts of one text, version after version; what an edit leaves as it was is not analysed again."""

from __future__ import annotations
import __future__

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze, facts_of_text
from glue_compiler.facts.frames import FlowFacts
from glue_compiler.incremental.flow import LiveFlow
from glue_compiler.incremental.placing import Placing
from glue_compiler.incremental.statements import NoRoom, Statements
from glue_compiler.names.assigned_record import NameMemory
from glue_compiler.semantics import facts_of_scopes
from glue_compiler.tree.cut import Cut
from glue_compiler.tree.lines import NotPlain
from glue_compiler.tree.syntax import with_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.screens import Screen
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.text.source import SourceText

_LOG = logging.getLogger(__name__)
_ANNOTATIONS = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:(?:\"\"\"(?:(?!\"\"\")[^\\])*\"\"\"|'''(?:(?!''')[^\\])*''')\s*)?"
    r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*from __future__ import annotations[ \t]*(?:#[^\n]*)?\r?\n"
)


class LiveAnalysis:
    """The analysis of one text through its versions, for one thread at a time; `lines` are those of the last one.

    What `screens` keep is found out along with the facts.
    """

    def __init__(self, options: AnalysisOptions, screens: Sequence[Screen] = ()) -> None:
        self.lines: frozenset[str] = frozenset()
        self._options = options
        self._screens = screens
        self._cut = Cut()
        self._statements: Statements | None = None
        self._forget()

    def facts(self, source: SourceText) -> ModelFacts:
        """The facts of the next version: those that `analyze` would give for it alone."""
        self.lines = lines_of(source.text)
        try:
            return self._next(source)
        except (NotPlain, RecursionError):
            return analyze(source, self._options)
        except Exception:  # noqa: BLE001 - whatever it is, the whole text can be analysed
            # `analyze` never raises: a defect here costs its user time, and no answer.
            _LOG.exception("a text is analysed as a whole")
            self.close()
            return analyze(source, self._options)

    def close(self) -> None:
        """Forget all versions. What refers to itself is taken apart, so that no garbage has to be looked for."""
        self._flow.close()
        self._forget()
        self._statements = None
        self._cut = Cut()

    def _next(self, source: SourceText) -> ModelFacts:
        text = source.text
        if len(text) > self._options.max_size or not _encodable(text):
            raise NotPlain
        flags = 0
        if "__future__" in text:
            if text.count("__future__") > 1 or _ANNOTATIONS.match(text) is None:
                raise NotPlain
            flags = __future__.annotations.compiler_flag
        cut = self._cut.next(source)
        if not cut.chunks:
            raise NotPlain
        statements = self._statements
        if statements is None or statements.flags != flags:
            statements = self._begin(flags)
        try:
            statements.update(cut)
        except NoRoom:
            statements = self._begin(flags)
            statements.update(cut)
        self._cut = cut
        self._statements = statements
        depth = statements.depth
        facts = replace(
            facts_of_text(source, cut.starts), core_problems=tuple(statements.core_problems())
        )
        return with_room(depth, lambda: self._analyse(statements, facts))

    def _begin(self, flags: int) -> Statements:
        self._forget()
        return Statements(flags, self._options.max_depth)

    def _forget(self) -> None:
        self._flow = LiveFlow()
        self._placing = Placing(self._options, self._screens)
        self._names = NameMemory()

    def _analyse(self, statements: Statements, facts: ModelFacts) -> ModelFacts:
        shifts = statements.tree.shifts

        def flow(module: Module, model: cst.FunctionDef, two_worlds: bool) -> FlowFacts:
            found = self._flow.found(
                module, model, self._names.versions, statements.replaced, two_worlds=two_worlds
            )
            return FlowFacts() if found is None else self._placing.flow(found, shifts)

        self._names.forget(statements.gone)
        self._names.versions = statements.versions()
        found = facts_of_scopes(
            statements.scopes(), statements.calls(), facts, self._options, flow, self._names
        )
        return self._placing.placed(found, shifts)


def lines_of(text: str) -> frozenset[str]:
    """The lines of a text, by which it is told whether another is a version of it."""
    return frozenset(text.split("\n"))


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
