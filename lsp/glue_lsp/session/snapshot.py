"""A model as a request sees it: its text, facts and findings, those of the last whole text while it is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from glue_compiler.text.shift import Shift
from glue_compiler.text.source import Span

from glue_lsp.session.client_text import ClientText
from glue_lsp.session.once import told_here
from glue_lsp.text import positions
from glue_lsp.text.moved import moved_findings

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.editor.completion.place import Place
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import Node, ProjectContext
    from glue_compiler.project.settings import Settings
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import PositionEncoding, SourceText
    from glue_compiler.workspace import Checked, Workspace
    from lsprotocol import types

    from glue_lsp.session.capabilities import ClientFeatures
    from glue_lsp.session.open_project import OpenProject
    from glue_lsp.session.validations import Validation
    from glue_lsp.text.documents import Document


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One model at one moment, and the client that asks about it.

    What a question does not ask for is not computed. `before` is the last analysis of an older text that
    was whole, if any, and `validation` the last one in a session.
    """

    document: Document
    open_project: OpenProject
    analysis: Checked
    before: Checked | None
    validation: Validation | None
    client: ClientFeatures
    encoding: PositionEncoding

    @property
    def source(self) -> SourceText:
        """The text as it is now."""
        return self.analysis.source

    @property
    def facts(self) -> ModelFacts:
        """The facts of the text as it is now, few when it is broken."""
        return self.analysis.facts

    @property
    def workspace(self) -> Workspace:
        """The place where the model's questions are asked."""
        return self.open_project.workspace

    @property
    def project(self) -> ProjectContext | None:
        """The project around the model."""
        return self.workspace.project

    @property
    def root(self) -> Path | None:
        """The folder of the project; None outside of one."""
        return self.workspace.root

    @property
    def settings(self) -> Settings:
        """The settings that the model is judged by."""
        return self.workspace.settings

    @property
    def path(self) -> str | None:
        """The model's file as the project names it."""
        return self.open_project.path_of(self.document)

    @property
    def node(self) -> Node | None:
        """The model as the project on disk has it."""
        if self.project is None or self.path is None:
            return None
        return self.project.node_at(self.path)

    @property
    def broken(self) -> bool:
        """Whether the text is not Python at the moment."""
        return not self.analysis.parsed

    @property
    def good(self) -> Checked | None:
        """The last analysis of a text that was whole, if any."""
        return self.before if self.broken else self.analysis

    @property
    def client_text(self) -> ClientText:
        """The text as its client speaks of it."""
        return ClientText(self.document.uri, self.source, self.root, self.client, self.encoding)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The compiler's findings; while the text is broken, those of before on lines that did not change.

        What is found in a broken text offers no fixes: their effect could not be proved.
        """
        fresh = told_here(self.analysis.diagnostics, self.source, self.path, self.project)
        if not self.broken:
            return fresh
        found = [replace(item, fixes=()) for item in fresh]
        if self.good is not None:
            found += findings_kept(self.good, self.source)
        return tuple(sorted(found, key=lambda item: (item.span, item.code)))

    @property
    def session_findings(self) -> tuple[Diagnostic, ...]:
        """What the last validation found, on the lines that have not changed since."""
        return () if self.validation is None else self.validation.findings_in(self.source)

    @property
    def result_id(self) -> str:
        """An identity of all findings: equal ids, equal findings."""
        parts = [self.source.hash, self.workspace.around.digest]
        parts += [known[:12] for _, known in self.analysis.used]
        if self.broken and self.good is not None:
            parts.append(self.good.source.hash)
        if self.validation is not None:
            parts.append(self.validation.mark)
        return ".".join(parts)

    @cached_property
    def whole(self) -> tuple[SourceText, ModelFacts] | None:
        """The text and its facts where it is Python, None while it is broken."""
        return None if self.broken else (self.source, self.facts)

    @cached_property
    def broken_line(self) -> int | None:
        """A line (1-based) on which a text breaks that is not Python: found without its facts where it can be."""
        from glue_compiler.facts.model import SyntaxProblem
        from glue_compiler.tree.readable import break_in
        from glue_compiler.tree.syntax import may_be_newer

        if not self.analysis.analysed and len(self.source) <= self.settings.options.max_size:
            found = break_in(self.source.text)
            if found is None:
                return None
            where = self.source.line_span(found.line)
            if not may_be_newer(self.source, SyntaxProblem(found.message, where)):
                return found.line
        if not self.broken:
            return None
        return self.source.line_of(self.facts.syntax_errors[0].span.start)

    def readable(self, offset: int) -> tuple[SourceText, ModelFacts] | None:
        """The text and its facts; of a broken text, those of a repaired one in which the offset is the same place."""
        if self.broken_line is None:
            return self.source, self.facts
        from glue_compiler.tree.recover import recover

        repaired = recover(self.source, offset, self.broken_line)
        start = self.source.line_span(self.source.line_of(offset)).start
        line = Span(start, offset)
        if repaired is None or repaired.source.slice(line) != self.source.slice(line):
            return None
        return repaired.source, self.workspace.facts(repaired.source)

    def schemas(self, facts: ModelFacts) -> FrameSchemas:
        """The schemas of the frames in facts of this model."""
        return self.workspace.schemas_of(facts)

    def place(self, offset: int) -> Place:
        """The place at which something is to be completed."""
        from glue_compiler.editor.completion.place import Place

        known = self.before
        if self.analysis.analysed and not self.broken:
            known = self.analysis
        return Place(
            self.source,
            offset,
            self.workspace.facts,
            self.settings,
            self.project,
            lambda: None if self.good is None else self.good.facts,
            self.workspace.upstream(),
            None if known is None else (known.source, known.facts),
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


@dataclass(frozen=True, kw_only=True)
class StaleSnapshot(Snapshot):
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


def findings_kept(good: Checked, source: SourceText) -> list[Diagnostic]:
    """The findings of a whole text that still stand in a broken one that grew from it.

    Rules that read broken texts too have spoken for themselves and are left out.
    """
    from glue_compiler.rules import rule

    silent = [item for item in good.diagnostics if rule(item.code).minimum != "none"]
    return moved_findings(silent, Shift(good.source, source))
