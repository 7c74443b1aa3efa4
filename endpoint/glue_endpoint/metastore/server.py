"""Answers Thrift calls on a loopback port, each connection in a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from thriftpy2.protocol.cybin import TCyBinaryProtocol
from thriftpy2.thrift import TApplicationException, TMessageType
from thriftpy2.transport.memory import TCyMemoryBuffer

from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.messages import MessageReader, NotThrift
from glue_endpoint.metastore.peers import is_own
from glue_endpoint.metastore.refusals import hive_exception

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

_SERVICE: Any = HIVE.ThriftHiveMetastore
_SHOWN, _KINDS = 100, 100
"""Characters of an unknown call's name in the log, and how many such calls it names, once each."""

_END = "shutdown"
"""How Hive's client takes its leave: of its connection, not of the service."""


class ThriftServer:
    """Listens on 127.0.0.1 from its making until `close`; `calls` has a function for every call's name.

    The functions get the call's arguments in the interface's order, from any thread.
    """

    def __init__(self, calls: Mapping[str, Callable[..., Any]]) -> None:
        self._calls = calls
        self._unknown: set[str] = set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="metastore", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the service and its connections. Safe to call twice."""
        with self._lock:
            self._closed = True
            connections = list(self._open)
        with contextlib.suppress(OSError):
            # A listener that is closed only leaves the thread in accept().
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError as error:
                if self._closed:
                    return
                logger.warning("a connection was lost before it was accepted: %s", error)
                continue
            threading.Thread(
                target=self._converse,
                args=(connection,),
                name=f"metastore-{address[1]}",
                daemon=True,
            ).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection:
            try:
                if not is_own(connection):
                    logger.warning(
                        "refused a connection to the metastore from port %d of another user",
                        connection.getpeername()[1],
                    )
                    return
            except OSError as error:
                logger.warning("refused a connection to the metastore: %s", error)
                return
            with self._lock:
                if self._closed:
                    return
                self._open.add(connection)
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._answer_all(connection)
            except NotThrift as error:
                logger.warning("closed a connection to the metastore: %s", error)
            except OSError:
                pass  # the other side went away
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _answer_all(self, connection: socket.socket) -> None:
        with connection.makefile("rb", buffering=2**16) as stream:
            reader = MessageReader(cast("BinaryIO", stream))
            while True:
                message = reader.read()
                if message is None:
                    return
                answer = self._answer(message)
                if answer is None:
                    return
                connection.sendall(answer)

    def _answer(self, message: bytes) -> bytes | None:
        """The answer to a message; None to the one that ends the connection."""
        incoming = TCyBinaryProtocol(TCyMemoryBuffer(message), strict_decode=True)
        name, _, sequence = incoming.read_message_begin()
        if not isinstance(name, str):  # the one text that is not decoded strictly
            raise NotThrift("the name of a call is no text")
        if name == _END:
            return None
        if name not in _SERVICE.thrift_services:
            return self._answer_unknown(name, sequence)
        result = getattr(_SERVICE, f"{name}_result")()
        arguments = getattr(_SERVICE, f"{name}_args")()
        try:
            arguments.read(incoming)
            given = (getattr(arguments, spec[1]) for spec in arguments.thrift_spec.values())
            result.success = self._calls[name](*given)
            return _encoded(name, TMessageType.REPLY, sequence, result)
        except Exception as error:  # noqa: BLE001 - the client is told, whatever it is
            return _refusal(name, sequence, type(result)(), hive_exception(error))

    def _answer_unknown(self, name: str, sequence: int) -> bytes:
        """What Hive's client falls back on; each such call is in the log once."""
        shown = name[:_SHOWN]
        if shown not in self._unknown and len(self._unknown) < _KINDS:
            self._unknown.add(shown)
            logger.warning("the metastore has no call %r", shown)
        unknown = TApplicationException(
            TApplicationException.UNKNOWN_METHOD, f"the Data Catalog has no call {shown!r}"
        )
        return _encoded(name, TMessageType.EXCEPTION, sequence, unknown)


def _refusal(name: str, sequence: int, result: Any, refused: Any) -> bytes:
    """An exception as the call declares it; one that it does not is its MetaException, or the protocol's own."""
    for exception in (refused, HIVE.MetaException(message=refused.message)):
        place = _place_for(exception, result)
        if place is not None:
            setattr(result, place, exception)
            return _encoded(name, TMessageType.REPLY, sequence, result)
    failure = TApplicationException(TApplicationException.INTERNAL_ERROR, refused.message)
    return _encoded(name, TMessageType.EXCEPTION, sequence, failure)


def _place_for(exception: Any, result: Any) -> str | None:
    """The member of a call's result that takes such an exception, if the call may raise it."""
    for spec in result.thrift_spec.values():
        if spec[1] != "success" and len(spec) > 2 and spec[2] is type(exception):
            return str(spec[1])
    return None


def _encoded(name: str, kind: int, sequence: int, content: Any) -> bytes:
    buffer = TCyMemoryBuffer()
    outgoing = TCyBinaryProtocol(buffer)
    outgoing.write_message_begin(name, kind, sequence)
    content.write(outgoing)
    outgoing.write_message_end()
    return bytes(buffer.getvalue())
