"""The server: pygls, one session, and a table of methods that are registered by what the client can do."""

from __future__ import annotations

import asyncio
import inspect
import logging
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from glue_lsp.client.protocol import Protocol
from glue_lsp.client.publisher import Publisher
from glue_lsp.session.requests import Requests, queued
from glue_lsp.session.session import Session
from glue_lsp.wire.transport import serve
from glue_lsp.client.validator import Validator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from pygls.server import ServerErrors

    from glue_lsp.session.roots import Root

_LOG = logging.getLogger(__name__)

NAME = "dbt-glue"

LIFE = (
    "initialize",
    "initialized",
    "shutdown",
    "did_open",
    "did_change",
    "did_save",
    "did_close",
    "did_change_configuration",
    "did_change_watched_files",
    "did_change_workspace_folders",
    "trust",
)
"""The modules of `methods/` that follow the client's life: handled when they come, in their order."""

REQUESTS = (
    "code_action",
    "code_action_resolve",
    "completion",
    "completion_resolve",
    "hover",
    "definition",
    "references",
    "document_highlight",
    "document_link",
    "document_symbol",
    "workspace_symbol",
    "signature_help",
    "inlay_hint",
    "code_lens",
    "prepare_rename",
    "rename",
    "program",
    "plan",
    "schemas",
)
"""The modules of `methods/` that answer from documents and projects, one at a time (`requests`)."""


class GlueServer(LanguageServer):
    """A language server for the Python models of dbt projects on AWS Glue."""

    def __init__(self) -> None:
        super().__init__(
            NAME,
            metadata.version("dbt-glue-python"),
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.session = Session(self._root_changed)
        self.publisher = Publisher(self)
        self.validator = Validator(self)
        self.requests = Requests(self.session)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._told: set[str] = set()
        for name in (*LIFE, *REQUESTS, "execute_command", "session_commands"):
            self.register(name)

    def register(self, name: str) -> None:
        """Serve the method of a module in `methods/`: its METHOD, OPTIONS if any, and `handle`."""
        module = import_module(f"glue_lsp.methods.{name}")
        if hasattr(module, "COMMANDS"):
            for command, handler in module.COMMANDS.items():
                self.register_command(command, handler)
            return
        handle = queued(module.handle) if name in REQUESTS else module.handle
        self.feature(module.METHOD, getattr(module, "OPTIONS", None))(handle)

    def register_command(self, name: str, handler: Callable[..., Awaitable[Any]]) -> None:
        """Serve a command: `handler` gets the server and the client's arguments as they are.

        pygls would convert the arguments by the handler's hints, which it cannot read in modules
        that import for hints only what they need for hints only.
        """

        async def run(ls: Any, *arguments: Any) -> Any:
            try:
                inspect.signature(handler).bind(ls, *arguments)
            except TypeError as error:
                raise JsonRpcInvalidParams(f"{name}: {error}") from None
            return await handler(ls, *arguments)

        self.command(name)(run)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work beside the requests; its failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def request_refresh(self, method: str) -> None:
        """Tell the client to ask again; one that refuses shows what it has until it asks by itself."""
        try:
            await self.protocol.send_request_async(method, None)
        except JsonRpcException as error:
            _LOG.info("the client refused %s: %s", method, error)

    def end(self) -> None:
        """End the processes and threads that work for the client."""
        self.session.close()
        self.publisher.close()
        self.validator.close()

    def tell(self, message: str) -> None:
        """Show the user a problem of their own files or settings, once."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def log(self, message: str, kind: types.MessageType = types.MessageType.Log) -> None:
        """Write a line to the client's log."""
        self.window_log_message(types.LogMessageParams(kind, message))

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """An internal error goes to the logs, never into a message box."""
        _LOG.error("%s", error, exc_info=error)
        if source is not FeatureRequestError and self.protocol.writer is not None:
            self.log(f"internal error: {error}", types.MessageType.Error)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _LOG.error("background work failed", exc_info=error)
            self.log(f"internal error: {error}", types.MessageType.Error)

    def _root_changed(self, root: Root) -> None:
        surroundings = root.surroundings
        for problem in () if surroundings is None else surroundings.problems:
            self.log(problem, types.MessageType.Warning)
        self.publisher.refresh()


def serve_stdio() -> None:
    """Serve one client on standard input and output, until it leaves."""
    serve(GlueServer())


def serve_tcp(host: str, port: int) -> None:
    """Serve one client that connects to a port, for debugging."""
    GlueServer().start_tcp(host, port)
