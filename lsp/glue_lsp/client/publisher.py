"""Pushes findings to a client that does not ask for them, and tells one that does to ask again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from glue_lsp.wire.diagnostics import diagnostics_of

if TYPE_CHECKING:
    from glue_lsp.client.closed_models import ClosedModels
    from glue_lsp.client.outlet import Outlet
    from glue_lsp.session.requests import Requests
    from glue_lsp.session.session import Session


class Publisher:
    """Keeps what the client shows in step with what is known."""

    def __init__(
        self, outlet: Outlet, session: Session, requests: Requests, closed_models: ClosedModels
    ) -> None:
        self._outlet = outlet
        self._session = session
        self._requests = requests
        self._closed_models = closed_models
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._pushed: dict[str, str] = {}

    def push_soon(self, uri: str) -> None:
        """A document was opened or edited: its findings are pushed, after a pause where they are dear."""
        if self._session.client.pull_diagnostics:
            return
        self._stop_waiting(uri)
        pause = self._session.pace.pause_of(self._session.documents.get(uri))
        loop = asyncio.get_running_loop()
        self._waiting[uri] = loop.call_later(pause, self._push, uri)

    def refresh(self) -> None:
        """Something around the documents changed: all that the client shows is to be renewed."""
        outlet, client = self._outlet, self._session.client
        if not client.pull_diagnostics:
            for document in self._session.documents:
                self.push_soon(document.uri)
            outlet.start(self._push_closed())
        elif client.refresh_diagnostics:
            outlet.request_refresh(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        if client.refresh_code_lenses:
            outlet.request_refresh(types.WORKSPACE_CODE_LENS_REFRESH)
        if client.refresh_inlay_hints:
            outlet.request_refresh(types.WORKSPACE_INLAY_HINT_REFRESH)

    def clear(self, uri: str) -> None:
        """A document was closed: what a client that is pushed to shows is that of the file."""
        self._stop_waiting(uri)
        self._pushed.pop(uri, None)
        if not self._session.client.pull_diagnostics:
            self._outlet.publish(uri, [])
            self._outlet.start(self._push_closed())

    def _stop_waiting(self, uri: str) -> None:
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()

    def _push(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        self._outlet.start(self._push_open(uri))

    async def _push_open(self, uri: str) -> None:
        session = self._session

        def push() -> None:
            document = session.documents.get(uri)
            if document is not None:
                snapshot = session.measured_snapshot(uri)
                found = [] if snapshot is None else diagnostics_of(snapshot)
                self._outlet.publish(uri, found, document.version)

        with suppress(JsonRpcContentModified):  # the edit has its own turn
            await self._requests.run(uri, push, session.version_of(uri))

    async def _push_closed(self) -> None:
        models = {model.uri: model for model in await self._closed_models.checked()}
        for uri, model in models.items():
            if self._pushed.get(uri) != model.result_id:
                found = model.diagnostics()
                if found or uri in self._pushed:
                    self._outlet.publish(uri, found)
                self._pushed[uri] = model.result_id
        open_now = set(self._session.documents.uris())
        for uri in [uri for uri in self._pushed if uri not in models]:
            del self._pushed[uri]
            if uri not in open_now:
                self._outlet.publish(uri, [])
