"""The place at which something is to be completed, and what can be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from glue_compiler.editor.bound_frames import bound_frames
from glue_compiler.editor.probe import Probe, probe
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.text.cursor import Cursor, cursor_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.editor.probe import Analyze
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.project.settings import Settings
    from glue_compiler.schemas.resolver import Upstream
    from glue_compiler.text.source import SourceText, Span

Kind = Literal[
    "model",
    "source",
    "table",
    "column",
    "method",
    "property",
    "config",
    "value",
    "package",
    "version",
    "keyword",
]
_MODEL = re.compile(r"^def\s+model\s*\(\s*(\w+)\s*(?:,\s*(\w+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to write. `detail` stands beside the label; `topic` names its documentation."""

    label: str
    kind: Kind
    text: str
    detail: str = ""
    topic: tuple[str, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Completions:
    """The things to write, and the span of what is already there of them."""

    span: Span
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Place:
    """All that completion may look at.

    `good_of` gives the facts of the last whole text of this model. `known` are a text of it and the facts of
    that which are there already: it need not be the last one.
    """

    source: SourceText
    offset: int
    analyze: Analyze
    settings: Settings
    project: ProjectContext | None = None
    good_of: Callable[[], ModelFacts | None] = field(default=lambda: None)
    upstream: Upstream = field(default=lambda _: None)
    known: tuple[SourceText, ModelFacts] | None = None

    @cached_property
    def good(self) -> ModelFacts | None:
        """The facts of the last whole text."""
        return self.good_of()

    @cached_property
    def cursor(self) -> Cursor:
        """The text around the place."""
        return cursor_at(self.source, self.offset)

    @cached_property
    def parameters(self) -> tuple[str, str]:
        """The names of the dbt object and the session."""
        found = [*_MODEL.finditer(self.source.text, 0, self.cursor.statement)]
        return (found[-1][1], found[-1][2] or "session") if found else ("dbt", "session")

    def text(self, span: Span | None) -> str:
        """The text of a span without the white space in it."""
        return "" if span is None else re.sub(r"\s+", "", self.source.slice(span))

    def dbt_api(self, expression: str) -> str | None:
        """The dotted path after the dbt object (`config.get`); None for any other expression."""
        match = re.fullmatch(rf"{re.escape(self.parameters[0])}((?:\.\w+)*)", expression)
        return None if match is None else match[1][1:]

    def probe(self, expression: Span) -> Probe | None:
        """What an expression of the statement is."""
        if self.known is not None:
            known, facts = self.known
            name = self.source.slice(expression)
            frames = bound_frames(self.source, self.cursor.statement, name, known, facts)
            if frames is not None:
                kinds = dict.fromkeys(facts.flow.frames[frame].kind for frame in frames)
                return Probe(facts, tuple(kinds), frames)
        return probe(self.source, self.cursor.statement, expression, self.analyze)

    def schemas(self, facts: ModelFacts) -> FrameSchemas:
        """The schemas of the frames in facts."""
        return FrameSchemas.known(facts, self.project, self.upstream)
