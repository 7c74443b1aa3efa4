"""What the server says to its client by itself, and the work that it does beside requests."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from glue_lsp.wire.markup import harmless

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pygls.server import ServerErrors

_LOG = logging.getLogger(__name__)


class Outlet(LanguageServer):
    """pygls' server as those see it who have something to say."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._told: set[str] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work beside the requests; its failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget_task)

    def tell(self, message: str) -> None:
        """Show the user a problem of their own files or settings, once; editors make links of Markdown's in it."""
        message = harmless(message)
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def log(self, message: str, kind: types.MessageType = types.MessageType.Log) -> None:
        """Write a line to the client's log."""
        self.window_log_message(types.LogMessageParams(kind, message))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification that is ours alone; nothing where the client is gone."""
        with suppress(RuntimeError):
            self.protocol.notify(method, params)

    def publish(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        """Show the findings in a document, in place of those of before."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def request_refresh(self, method: str) -> None:
        """Tell the client to ask again, by a request that has no parameters."""
        self.start(self._request_refresh(method))

    async def _request_refresh(self, method: str) -> None:
        try:
            await self.protocol.send_request_async(method, None)
        except JsonRpcException as error:
            # It shows what it has until it asks by itself.
            _LOG.info("the client refused %s: %s", method, error)

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """An internal error goes to the logs, never into a message box."""
        _LOG.error("%s", error, exc_info=error)
        if source is not FeatureRequestError and self.protocol.writer is not None:
            self.log(f"internal error: {error}", types.MessageType.Error)

    def _forget_task(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _LOG.error("background work failed", exc_info=error)
            self.log(f"internal error: {error}", types.MessageType.Error)
