"""A wire to the endpoint on which a rule may befall any call."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from tests.functional.adapter.conftest import Wire
from tests.reliability.faults import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from glue_endpoint.process.client import EndpointHandle

__all__ = ["FaultWire", "Rule"]

Rule = "Callable[[Call], Callable[[Call], Answer] | None]"


class FaultWire(Wire):
    """`rule` is asked of every call: what befalls it, or None. Signs anew, as the endpoint wants its own host name."""

    def __init__(self, endpoint: EndpointHandle) -> None:
        self.rule: Callable[[Call], Callable[[Call], Answer] | None] = lambda _call: None
        self._ended = threading.Event()
        super().__init__(endpoint)
        # Connections are dropped on purpose here: nothing to tell.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]

    def _forward(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        named = handler.headers.get("X-Amz-Target") or handler.path.lstrip("/") or "?"
        parameters: dict[str, Any] = json.loads(body) if body[:1] == b"{" else {}
        onward = super()._forward
        call = Call(named.rpartition(".")[2], parameters, handler, lambda: onward(handler, body))
        befallen = self.rule(call)
        return call.forward() if befallen is None else befallen(call)
