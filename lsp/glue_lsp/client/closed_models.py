"""The findings in the models that are not open, for a client that wants those of whole projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lsp.client.progress import CheckProgress
from glue_lsp.session.client_text import ClientText
from glue_lsp.session.once import told_here
from glue_lsp.session.project_check import FileFindings, ProjectCheck
from glue_lsp.text.positions import uri_of
from glue_lsp.wire.diagnostics import to_diagnostic

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.surroundings import Surroundings
    from lsprotocol import types

    from glue_lsp.client.outlet import Outlet
    from glue_lsp.session.session import Session


@dataclass(frozen=True, slots=True)
class ClosedModel:
    """A model that is not open, what was found in it, and whom it is told."""

    path: Path
    surroundings: Surroundings
    found: FileFindings
    session: Session

    @property
    def uri(self) -> str:
        """The file's URI."""
        return uri_of(self.path)

    @property
    def result_id(self) -> str:
        """An identity of the findings: equal ids, equal findings."""
        return f"{self.found.hash}.{self.surroundings.digest}"

    def diagnostics(self) -> list[types.Diagnostic]:
        """The findings for the client; none when the file has changed since (it is checked again)."""
        if not self.found.diagnostics:
            return []
        from glue_compiler.text.source import SourceText

        try:
            source = SourceText.from_bytes(self.path.read_bytes())
        except OSError:
            return []
        if source.hash != self.found.hash:
            return []
        client, encoding = self.session.client, self.session.encoding
        text = ClientText(self.uri, source, self.surroundings.root, client, encoding)
        path = self.surroundings.relative(self.path)
        told = told_here(self.found.diagnostics, source, path, self.surroundings.project)
        return [to_diagnostic(item, text) for item in told]


class ClosedModels:
    """The checks of the session's projects."""

    def __init__(self, outlet: Outlet, session: Session) -> None:
        self._outlet = outlet
        self._session = session
        self._check = ProjectCheck()

    async def checked(self, token: types.ProgressToken | None = None) -> list[ClosedModel]:
        """The models with their findings; none of projects of which only open files are wanted.

        `token` is the client's for the progress; without one the client is asked for leave to tell.
        """
        session = self._session
        models: list[ClosedModel] = []
        for root in session.roots:
            editor = session.editor_of(root.path)
            if editor.scope == "open":
                continue
            surroundings = await root.ready()
            progress = CheckProgress(
                self._outlet, surroundings, token, allowed=session.client.work_done_progress
            )
            async with progress:
                found = await self._check.findings(surroundings, editor.overrides, progress.tell)
            token = None  # it ends with the first project
            for path, item in found.items():
                if session.documents.at(path) is None:
                    models.append(ClosedModel(path, surroundings, item, session))
        return models

    def close(self) -> None:
        """End the process that checks projects."""
        self._check.close()

    async def settled(self) -> None:
        """Wait until no process is being started."""
        await self._check.settled()
