"""Standard input and output as the wire: read in a thread of its own, so that a cancel overtakes what is queued."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest
from pygls.io_ import StdoutWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pygls.protocol import JsonRPCProtocol

_LOG = logging.getLogger(__name__)
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNK = 1 << 16


class Served(Protocol):
    """Who takes the messages."""

    @property
    def protocol(self) -> JsonRPCProtocol:
        """Handles a message."""

    def end(self) -> None:
        """End what works for the client."""

    async def settled(self) -> None:
        """Wait until nothing is being started that must not be left half way."""


class Messages:
    """Cuts the bytes of a stream into the bodies of its messages."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that are whole after some more bytes; a header without a length is skipped."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            start = end + 4
            length = _LENGTH.search(self._rest, 0, end + 2)
            stop = start + (int(length[1]) if length is not None else 0)
            if len(self._rest) < stop:
                return
            body = bytes(self._rest[start:stop])
            del self._rest[:stop]
            if length is not None:
                yield body


def own_stdout() -> BinaryIO:
    """The standard output for the protocol alone: what others print goes to standard error from now on."""
    sys.stdout.flush()
    wire = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(wire, os.O_BINARY)
    return os.fdopen(wire, "wb")


def serve(server: Served) -> None:
    """Serve the client at the other end of standard input and output, until it leaves.

    Raises:
        SystemExit: when the client says `exit`; with 1 when it had not said `shutdown` before.
    """
    server.protocol.set_writer(StdoutWriter(own_stdout()))
    asyncio.run(_take_all(server))


async def _take_all(server: Served) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[SystemExit | None] = loop.create_future()

    def end(leaving: SystemExit | None) -> None:
        if not ended.done():
            ended.set_result(leaving)

    def take(bodies: list[bytes] | None) -> None:
        try:
            # All that came together is read before any of it is worked on: it may hold a cancel.
            for body in bodies or ():
                take_message(server, body)
        except SystemExit as leaving:
            # Not out of the loop at once: what is being started is not left half way.
            end(leaving)
        if bodies is None:
            end(None)

    def deliver(bodies: list[bytes] | None) -> None:
        loop.call_soon_threadsafe(take, bodies)

    # A daemon, because nothing can wake a thread that waits for input when the client says exit.
    threading.Thread(target=_read, args=(0, deliver), name="dbt-glue-input", daemon=True).start()
    try:
        leaving = await ended
    finally:
        server.end()
        await server.settled()
    if leaving is not None:
        raise leaving


def _read(descriptor: int, deliver: Callable[[list[bytes] | None], None]) -> None:
    messages = Messages()
    try:
        while data := os.read(descriptor, _CHUNK):
            deliver(list(messages.feed(data)))
        deliver(None)
    except RuntimeError:
        _LOG.debug("a message came after the end")


def take_message(server: Served, body: bytes) -> None:
    """Handle one message; one that cannot be read is answered with an error, never by silence."""
    protocol = server.protocol
    try:
        message = json.loads(body, object_hook=protocol.structure_message)
        protocol.handle_message(message)
    except (ValueError, AttributeError, JsonRpcException) as error:
        _LOG.warning("a message cannot be read: %s", error)
        number = _id_of(body)
        if number is not None:
            refusal = (
                error if isinstance(error, JsonRpcException) else JsonRpcInvalidRequest(str(error))
            )
            protocol._send_response(number, error=refusal.to_response_error())


def _id_of(body: bytes) -> Any:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    is_request = isinstance(message, dict) and "method" in message
    return message.get("id") if is_request else None
