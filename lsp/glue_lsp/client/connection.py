"""One client and everything that is there for it: what the methods of the protocol work with."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from glue_compiler.build import VERSION
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from glue_lsp.client.closed_models import ClosedModels
from glue_lsp.client.outlet import Outlet
from glue_lsp.client.protocol import Protocol
from glue_lsp.client.publisher import Publisher
from glue_lsp.client.validator import Validator
from glue_lsp.session.requests import ARRIVED, Requests, uri_in
from glue_lsp.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import ModuleType

    from glue_lsp.session.roots import Root

NAME = "dbt-glue"


class Connection(Outlet):
    """The state of one client, the work for it, and the table of methods that it can call."""

    def __init__(self) -> None:
        super().__init__(
            NAME,
            VERSION,
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.session = Session(self._show_changed_root)
        self.requests = Requests(self.session)
        self.closed_models = ClosedModels(self, self.session)
        self.publisher = Publisher(self, self.session, self.requests, self.closed_models)
        self.validator = Validator(self, self.session, self.requests, self.publisher)
        assert isinstance(self.protocol, Protocol)  # noqa: S101 - it was made above
        self.protocol.version_of = self.session.version_of

    def register(self, method: ModuleType, *, queue: bool = False) -> None:
        """Serve a method by its module: METHOD, OPTIONS if any, and `handle`, which waits for its turn with `queue`."""
        handle = queued(method.handle) if queue else method.handle
        self.feature(method.METHOD, getattr(method, "OPTIONS", None))(handle)

    def register_command(self, name: str, handler: Callable[..., Awaitable[Any]]) -> None:
        """Serve a command: `handler` gets the connection and the client's arguments as they are.

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

    def end(self) -> None:
        """End the processes and threads that work for the client."""
        self.session.close()
        self.closed_models.close()
        self.validator.close()

    async def settled(self) -> None:
        """Wait until no process is being started."""
        await self.closed_models.settled()
        await self.validator.settled()

    def _show_changed_root(self, root: Root) -> None:
        surroundings = root.surroundings
        for problem in () if surroundings is None else surroundings.problems:
            self.log(problem, types.MessageType.Warning)
        self.publisher.refresh()


def queued(
    handle: Callable[[Connection, Any], Any],
) -> Callable[[Connection, Any], Coroutine[Any, Any, Any]]:
    """A handler that waits for its turn."""

    async def handler(ls: Connection, params: Any) -> Any:
        return await ls.requests.run(uri_in(params), lambda: handle(ls, params), ARRIVED.get())

    return handler
