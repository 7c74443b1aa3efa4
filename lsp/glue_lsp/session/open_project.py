"""A project as its user sees it: files that are open count as they are in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace

from glue_lsp.text.positions import uri_of

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.surroundings import Surroundings
    from glue_compiler.workspace import Checked

    from glue_lsp.session.analyses import Analyses
    from glue_lsp.text.documents import Document, Documents


class OpenProject:
    """What is known around a model, with the open documents and the analyses of all texts."""

    def __init__(
        self, surroundings: Surroundings, documents: Documents, analyses: Analyses
    ) -> None:
        self.surroundings = surroundings
        self.documents = documents
        self.workspace = Workspace(surroundings, facts_of=analyses.facts, text_of=self.text_of)
        self._analyses = analyses

    def path_of(self, document: Document) -> str | None:
        """The document's path as the project names it."""
        return None if document.path is None else self.surroundings.relative(document.path)

    def is_model(self, document: Document) -> bool:
        """Whether a document is a model: by its place in a project; outside of projects by what it looks like."""
        if document.language != "python":
            return False
        if document.path is not None and self.surroundings.root is not None:
            return self.surroundings.is_model(document.path)
        return "def model(" in document.source.text

    def text_of(self, path: str) -> SourceText | None:
        """The text of a file of the project, as it is open or on disk; None when there is none."""
        if self.surroundings.root is None:
            return None
        file = self.surroundings.root / path
        document = self.documents.at(file)
        if document is not None:
            return document.source
        try:
            return SourceText.from_bytes(file.read_bytes())
        except OSError:
            return None

    def checked(self, path: str | None, source: SourceText) -> Checked:
        """The facts and findings of a text, remembered; `path` as the project names its file."""
        return self._analyses.of(source, path, self.workspace)

    def uri_at(self, path: Path) -> str:
        """The URI of a file, in the client's own spelling when it is open."""
        document = self.documents.at(path)
        return uri_of(path) if document is None else document.uri

    def version_of(self, uri: str) -> int | None:
        """The version of an open document."""
        document = self.documents.get(uri)
        return None if document is None else document.version
