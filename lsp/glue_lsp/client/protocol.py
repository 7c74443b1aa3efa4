"""pygls' protocol with our own documents (pygls' own split lines otherwise) and with refusals that are no failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from glue_lsp.session.requests import ARRIVED, uri_in

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Future

    from pygls.protocol.json_rpc import MessageCallback, MessageHandler, MsgId

    Steps = Generator[Any, Any, None]


class Protocol(LanguageServerProtocol):
    """Hands document events to the handlers of `methods/` and keeps no text itself.

    `version_of` gives the version of an open document by its URI, None for others.
    """

    version_of: Callable[[str | None], int | None]

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message from its JSON; one that leaves out its parameters has null for them."""
        if "jsonrpc" in data and "method" in data and "params" not in data:
            data = {**data, "params": None}
        return super().structure_message(data)

    def _execute_handler(
        self,
        msg_id: MsgId,
        handler: MessageHandler,
        callback: MessageCallback,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Handle a message. pygls keeps the futures of notifications; here they go when they are done."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)

        def forget(done: Future[Any]) -> None:
            # Whoever cancels has taken it out already, or goes through all of them: at the end.
            if not done.cancelled():
                self._request_futures.pop(msg_id, None)

        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(forget)

    def _handle_request(self, msg_id: MsgId, method_name: str, params: Any) -> None:
        """Start a request, which remembers the version of the document that it is about."""
        ARRIVED.set(self.version_of(uri_in(params)))
        super()._handle_request(msg_id, method_name, params)

    def _send_handler_result(self, future: Future[Any], *, msg_id: MsgId) -> None:
        """Answer a request. A refusal that the protocol foresees is no failure, and is not logged."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, (JsonRpcContentModified, JsonRpcInvalidParams)):
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Steps:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Steps:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Steps:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None
