"""Brings diagnostics to the client: pushed where it cannot ask for them, else by telling it to ask again."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from glue_lsp.analysis_process import LONG
from glue_lsp.diagnostics import to_diagnostic
from glue_lsp.positions import uri_of
from glue_lsp.progress import CheckProgress
from glue_lsp.project_check import FileFindings, ProjectCheck

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.surroundings import Surroundings

    from glue_lsp.server import GlueServer
    from glue_lsp.views import View

# An analysis that takes longer than this waits until the typing pauses.
_QUICK = 0.12
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """The findings in a model that is not open."""

    server: GlueServer
    uri: str
    path: Path
    surroundings: Surroundings
    found: FileFindings

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
        session = self.server.session
        root = self.surroundings.root
        return [
            to_diagnostic(item, source, self.uri, root, session.client, session.encoding)
            for item in self.found.diagnostics
        ]


class Publisher:
    """Keeps what the client shows in step with what is known."""

    def __init__(self, server: GlueServer) -> None:
        self._server = server
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._cost: dict[str, float] = {}
        self._check = ProjectCheck()
        self._pushed: dict[str, str] = {}

    def pause_of(self, uri: str) -> float:
        """How long to wait after an edit, in seconds: nothing for models that are quick to analyse."""
        document = self._server.session.documents.get(uri)
        long = document is not None and len(document.source) > LONG
        return _PAUSE if long or self._cost.get(uri, 0.0) > _QUICK else 0.0

    def changed(self, uri: str) -> None:
        """A document was opened or edited."""
        if self._server.session.client.pull_diagnostics:
            return
        self.forget(uri)
        loop = asyncio.get_running_loop()
        self._waiting[uri] = loop.call_later(self.pause_of(uri), self._push, uri)

    def forget(self, uri: str) -> None:
        """A document was closed: what was waiting for it is dropped."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()

    def refresh(self) -> None:
        """Something around the documents changed: all that the client shows is to be renewed."""
        server, client = self._server, self._server.session.client
        if client.pull_diagnostics:
            if client.refresh_diagnostics:
                server.start(server.request_refresh(types.WORKSPACE_DIAGNOSTIC_REFRESH))
        else:
            for document in server.session.documents:
                self.changed(document.uri)
            server.start(self._push_project())
        if client.refresh_code_lenses:
            server.start(server.request_refresh(types.WORKSPACE_CODE_LENS_REFRESH))
        if client.refresh_inlay_hints:
            server.start(server.request_refresh(types.WORKSPACE_INLAY_HINT_REFRESH))

    def diagnostics_of(self, view: View) -> list[types.Diagnostic]:
        """A model's findings for the client."""
        session = self._server.session
        return [
            to_diagnostic(
                item,
                view.source,
                view.document.uri,
                view.surroundings.root,
                session.client,
                session.encoding,
            )
            for item in view.diagnostics
        ] + self._server.validator.diagnostics_of(view)

    def result_id(self, view: View) -> str:
        """An identity of a model's findings: equal ids, equal findings."""
        return view.result_id + self._server.validator.mark(view.document.uri)

    def measured_view(self, uri: str) -> View | None:
        """The view of a document; how long its analysis took decides when to analyse it next."""
        started = time.thread_time()
        view = self._server.session.view(uri)
        if view is not None:
            self._cost[uri] = time.thread_time() - started
        return view

    def _push(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        self._server.start(self._publish(uri))

    async def _publish(self, uri: str) -> None:
        def work() -> None:
            document = self._server.session.documents.get(uri)
            if document is not None:
                view = self.measured_view(uri)
                found = [] if view is None else self.diagnostics_of(view)
                self._send(uri, found, document.version)

        with suppress(JsonRpcContentModified):  # the edit has its own turn
            version = self._server.session.version_of(uri)
            await self._server.requests.run(uri, work, version)

    async def project_findings(self, token: types.ProgressToken | None = None) -> list[ClosedFile]:
        """The findings in the models that are not open; none when only open files are wanted.

        `token` is the client's for the progress; without one the client is asked for leave to tell.
        """
        session = self._server.session
        files: list[ClosedFile] = []
        for root in session.roots:
            editor = session.editor_of(root.path)
            if editor.scope == "open":
                continue
            surroundings = await root.ready()
            async with CheckProgress(self._server, token, surroundings) as progress:
                found = await self._check.findings(surroundings, asdict(editor), progress.told)
            token = None  # it ends with the first project
            for path, item in found.items():
                if session.documents.at(path) is None:
                    files.append(ClosedFile(self._server, uri_of(path), path, surroundings, item))
        return files

    async def _push_project(self) -> None:
        files = {file.uri: file for file in await self.project_findings()}
        for uri, file in files.items():
            if self._pushed.get(uri) != file.result_id:
                found = file.diagnostics()
                if found or uri in self._pushed:
                    self._send(uri, found)
                self._pushed[uri] = file.result_id
        open_now = set(self._server.session.documents.uris())
        for uri in [uri for uri in self._pushed if uri not in files]:
            del self._pushed[uri]
            if uri not in open_now:
                self._send(uri, [])

    def _send(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, found, version)
        )

    def close(self) -> None:
        """End the process that checks projects."""
        self._check.close()

    def clear(self, uri: str) -> None:
        """A document was closed: what a client that is pushed to shows is that of the file."""
        self.forget(uri)
        self._cost.pop(uri, None)
        self._pushed.pop(uri, None)
        if not self._server.session.client.pull_diagnostics:
            self._send(uri, [])
            self._server.start(self._push_project())
