"""A model as a request sees it: its text, facts and findings, those of the last whole text while it is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from glue_compiler.text.shift import Shift
from glue_compiler.text.source import Span

from glue_lsp import positions

if TYPE_CHECKING:
    from glue_compiler.editor.completion.place import Place
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Diagnostic, Related
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.project.surroundings import Surroundings
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import PositionEncoding, SourceText
    from glue_compiler.workspace import Checked, Workspace
    from lsprotocol import types

    from glue_lsp.documents import Document


@dataclass(frozen=True)
class View:
    """One model at one moment. `good` is the last analysis of a text that was whole, if any."""

    document: Document
    workspace: Workspace
    path: str | None
    analysis: Checked
    good: Checked | None
    encoding: PositionEncoding

    @property
    def surroundings(self) -> Surroundings:
        """What is known around the model."""
        return self.workspace.around

    @property
    def source(self) -> SourceText:
        """The text as it is now."""
        return self.analysis.source

    @property
    def facts(self) -> ModelFacts:
        """The facts of the text as it is now, few when it is broken."""
        return self.analysis.facts

    @property
    def project(self) -> ProjectContext | None:
        """The project around the model."""
        return self.surroundings.project

    @property
    def broken(self) -> bool:
        """Whether the text is not Python at the moment."""
        return not self.analysis.parsed

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings; while the text is broken, those of before on lines that did not change.

        What is found in a broken text offers no fixes: their effect could not be proved.
        """
        fresh = self.analysis.diagnostics
        if not self.broken:
            return fresh
        found = [replace(item, fixes=()) for item in fresh]
        if self.good is not None:
            found += kept(self.good, self.source)
        return tuple(sorted(found, key=lambda item: (item.span, item.code)))

    @property
    def result_id(self) -> str:
        """An identity of the findings: equal ids, equal findings."""
        base = f"{self.source.hash}.{self.surroundings.digest}"
        if self.analysis.used:
            base += "." + ".".join(known[:12] for _, known in self.analysis.used)
        if self.broken and self.good is not None:
            return f"{base}.{self.good.source.hash}"
        return base

    @cached_property
    def whole(self) -> tuple[SourceText, ModelFacts] | None:
        """The text and its facts where it is Python, None while it is broken."""
        return None if self.broken else (self.source, self.facts)

    def readable(self, offset: int) -> tuple[SourceText, ModelFacts] | None:
        """The text and its facts; of a broken text, those of a repaired one that is equal up to the offset."""
        if not self.broken:
            return self.source, self.facts
        from glue_compiler.tree.recover import recover

        repaired = recover(self.source, offset)
        return (
            None if repaired is None else (repaired.source, self.workspace.facts(repaired.source))
        )

    def schemas(self, facts: ModelFacts) -> FrameSchemas:
        """The schemas of the frames in facts of this model."""
        return self.workspace.schemas_of(facts)

    def place(self, offset: int) -> Place:
        """The place at which something is to be completed."""
        from glue_compiler.editor.completion.place import Place

        good, text = (self.facts, self.source) if not self.broken else (None, None)
        if good is None and self.good is not None:
            good, text = self.good.facts, self.good.source
        return Place(
            self.source,
            offset,
            self.workspace.facts,
            self.surroundings.settings,
            self.project,
            good,
            self.workspace.upstream(),
            text,
        )

    def offset(self, position: types.Position) -> int:
        """The offset of the client's position."""
        return positions.to_offset(self.source, position, self.encoding)

    def span(self, where: types.Range) -> Span:
        """The span of the client's range."""
        return positions.to_span(self.source, where, self.encoding)

    def range(self, span: Span) -> types.Range:
        """The client's range of a span."""
        return positions.to_range(self.source, span, self.encoding)


@dataclass(frozen=True)
class StaleView(View):
    """The last analysis of a long text, seen through the edits since: good for the lines that they did not touch.

    Positions are the client's, of the text as it is; offsets and spans are those of the analysed one.
    """

    shift: Shift

    def offset(self, position: types.Position) -> int:
        """The offset in the analysed text of the client's position."""
        return self.shift.to_old(positions.to_offset(self.document.source, position, self.encoding))

    def range(self, span: Span) -> types.Range:
        """The client's range of a span of the analysed text."""
        moved = Span(self.shift.moved(span.start), self.shift.moved(span.end))
        return positions.to_range(self.document.source, moved, self.encoding)


def kept(good: Checked, source: SourceText) -> list[Diagnostic]:
    """The findings of a whole text that still stand in a broken one that grew from it, without fixes.

    Rules that read broken texts too have spoken for themselves and are left out.
    """
    from glue_compiler.rules import rule

    shift = Shift(good.source, source)
    found = []
    for item in good.diagnostics:
        span = shift.to_new(item.span)
        if span is None or rule(item.code).minimum == "none":
            continue
        related = tuple(filter(None, (_moved(place, shift) for place in item.related)))
        found.append(replace(item, span=span, fixes=(), related=related))
    return found


def _moved(place: Related, shift: Shift) -> Related | None:
    if place.span is None or place.path is not None:
        return place
    span = shift.to_new(place.span)
    return None if span is None else replace(place, span=span)
