"""The HTTP server on loopback: checks who calls, then hands the request to the service it is signed for.

All AWS services of the endpoint share one port. botocore names the service in the credential scope
of the signature, and that name routes the request.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from glue_endpoint.api.activity import Activity
from glue_endpoint.api.auth import AuthError, Caller, HttpRequest, Verifier, claimed_service
from glue_endpoint.api.connections import Connections
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.streams import (
    PIECE,
    Body,
    BodyTruncated,
    FilePart,
    StreamingService,
    StreamRequest,
    StreamResponse,
    ToldReader,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
MAX_BODY = 16 * 1024 * 1024
"""Bytes; the largest legal requests (batches of partitions) are far smaller."""
STATUS_PATH = "/-/status"
_FAILURE = "The endpoint failed; its log says why (`dbt-glue endpoint logs`)."
_IDLE_CONNECTION_SECONDS = 300
_LONGEST_LENGTH = 18
"""Digits of a length: an exabyte."""
_LENGTH = re.compile(rf"[0-9]{{1,{_LONGEST_LENGTH}}}")
_REFUSED = frozenset({400, 401, 403, 411})
_DISCARDED_BODY = 64 * 2**20
"""Bytes of an unwanted body that are read: a client that is busy sending does not see why it was refused."""
_VIRTUAL_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.localhost")
"""A bucket's host name: all of `localhost` is this machine, and no web site can be there (RFC 6761)."""


class Service(Protocol):
    """One AWS service: answers requests that are signed for it."""

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """The response to a request, errors of the service included."""

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error in the protocol of the service."""


@runtime_checkable
class RestService(Protocol):
    """A service whose operations are methods and paths with a query, where others are but posted to."""

    methods: frozenset[str]

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """The response to a request, errors of the service included."""

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error in the protocol of the service."""


class EndpointServer(ThreadingHTTPServer):
    """Serves `services` on a loopback port (0: any free one) until `shutdown`.

    Raises OSError where the port cannot be bound.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        services: Mapping[str, Service | StreamingService],
        verifier: Verifier,
        port: int = 0,
        connections: Connections | None = None,
    ) -> None:
        self.services = services
        self.verifier = verifier
        self.activity = Activity()
        self.connections = Connections() if connections is None else connections
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        """What clients set as AWS_ENDPOINT_URL."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for a connection, if there is room."""
        if self.connections.open(request):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        super().shutdown_request(request)
        self.connections.close(request)

    def service_actions(self) -> None:
        """Called twice a second."""
        self.connections.cut_overdue()

    def streaming_service(self, headers: Mapping[str, str], target: str) -> StreamingService | None:
        """The service that a request says it is signed for, if that one reads and checks it itself."""
        name = claimed_service(headers.get("authorization", ""), target.partition("?")[2])
        service = self.services.get(name or "")
        return service if isinstance(service, StreamingService) else None

    def respond_streaming(
        self, service: StreamingService, request: StreamRequest
    ) -> StreamResponse:
        """The answer to a request for such a service."""
        name = request.headers.get("host", "").rpartition(":")[0]
        if not self._is_ours(request.headers, bucket=_VIRTUAL_HOST.fullmatch(name) is not None):
            return service.error("AccessDenied", "This host name is not the endpoint's.", 403)
        if _is_from_web_page(request.headers):
            return service.error("AccessDenied", "Requests from web pages are refused.", 403)
        try:
            return service.stream(request)
        except BodyTruncated as error:
            return service.error("IncompleteBody", f"The request body is incomplete: {error}.", 400)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.target.partition("?")[0])
            return service.error("InternalError", _FAILURE, 500)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Logs what ended a connection: mostly clients that went away."""
        error = sys.exc_info()[1]
        level = (
            logging.DEBUG if isinstance(error, ConnectionError | TimeoutError) else logging.ERROR
        )
        logger.log(level, "a connection of %s ended: %s", client_address, error, exc_info=error)

    def _is_ours(self, headers: Mapping[str, str], *, bucket: bool = False) -> bool:
        host = headers.get("host", "")
        return host in (f"{LOOPBACK}:{self.server_port}", f"localhost:{self.server_port}") or (
            bucket and host.endswith(f":{self.server_port}")
        )

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a request that is refused whatever its body is, which is not read yet."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            self.verifier.check_headers(request)
        except AuthError as error:
            return HttpResponse.of_error(error.code, error.message, 403)
        return None

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The answer to one HTTP request, whatever it is."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            caller = self.verifier.verify(request)
        except AuthError as error:
            return HttpResponse.of_error(error.code, error.message, 403)
        service = self.services.get(caller.service)
        if service is None or isinstance(service, StreamingService):
            return HttpResponse.of_error(
                "UnknownServiceException",
                f"The embedded Glue endpoint does not serve {caller.service!r}; it serves "
                f"{', '.join(sorted(self.services))}. Set AWS_ENDPOINT_URL_GLUE instead of "
                "AWS_ENDPOINT_URL to send only Glue calls here.",
            )
        if request.path == STATUS_PATH:  # asking how idle it is keeps nothing alive
            return service.handle(request, caller)
        try:
            with self.activity.request():
                return service.handle(request, caller)
        except Exception:
            # The last line of defence: the client gets an answer, the log gets the traceback.
            logger.exception("%s %s failed", caller.service, request.headers.get("x-amz-target"))
            return service.error(
                "InternalServiceException",
                _FAILURE,
                500,
            )

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        """What no signed AWS client sends, and what an attacking web page cannot avoid sending."""
        if not self._is_ours(request.headers):
            return HttpResponse.of_error(
                "AccessDeniedException", "This host name is not the endpoint's.", 403
            )
        if _is_from_web_page(request.headers):
            return HttpResponse.of_error(
                "AccessDeniedException", "Requests from web pages are refused.", 403
            )
        service = self.services.get(
            claimed_service(request.headers.get("authorization", ""), "") or ""
        )
        rest = service if isinstance(service, RestService) else None
        if request.method not in (rest.methods if rest else ("POST",)):
            return HttpResponse.of_error("AccessDeniedException", "Only POST is served.", 405)
        path, question, _ = request.path.partition("?")
        if not path.startswith("/") or (question and rest is None) or "#" in request.path:
            return HttpResponse.of_error("InvalidInputException", "Not a path of this API.", 400)
        return None


def _is_from_web_page(headers: Mapping[str, str]) -> bool:
    return "origin" in headers or "sec-fetch-site" in headers


class _Handler(BaseHTTPRequestHandler):
    server: EndpointServer
    protocol_version = "HTTP/1.1"
    server_version = "dbt-glue"
    sys_version = ""
    # One write per response and no Nagle: otherwise a delayed ACK adds 40 ms to every answer.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = _IDLE_CONNECTION_SECONDS

    def setup(self) -> None:
        super().setup()
        self._connection = self.server.connections.of(self.request)

    def parse_request(self) -> bool:
        """The first line of a request is there."""
        self.server.connections.begin(self._connection)
        return super().parse_request()

    def handle_one_request(self) -> None:
        """Answers a request of the connection, once there is one."""
        super().handle_one_request()
        self.server.connections.end(self._connection)

    def _answer(self) -> None:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            lower = name.lower()
            headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
        # Not `self.path`, in which http.server has made one slash of several at the beginning.
        target = self.requestline.split()[1]
        service = self.server.streaming_service(headers, target)
        if service is not None:
            self._answer_streaming(service, headers, target)
            return
        length = self._body_length()
        if length is None:
            return
        refusal = self.server.refusal(HttpRequest(self.command, self.path, headers, b""))
        if refusal is not None:
            # The body is passed over, not kept: who sent it has shown no key.
            on_demand = self._send_continue if self._asks_first() else None
            if not self._can_follow(Body(self.rfile, length, on_demand)):
                self.close_connection = True
            self._send(refusal)
            return
        self._connection.known = True
        if self._asks_first():
            self._send_continue()
        body = self.rfile.read(length)
        if len(body) != length:
            self.close_connection = True
            return
        request = HttpRequest(self.command, self.path, headers, body)
        self._send(self.server.respond(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815

    def handle_expect_100(self) -> bool:
        """Leaves the question whether to send a body open until somebody wants the body."""
        return True

    def _asks_first(self) -> bool:
        return self.headers.get("expect", "").lower() == "100-continue"

    def _send_continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()

    def _answer_streaming(
        self, service: StreamingService, headers: Mapping[str, str], target: str
    ) -> None:
        lengths = self.headers.get_all("content-length", ["0"])
        encoding = headers.get("transfer-encoding", "")
        chunked = encoding.lower() == "chunked" and "content-length" not in headers
        if (encoding and not chunked) or len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]):
            self.close_connection = True  # where the next request starts is unknown now
            self._send_streaming(
                service.error("MissingContentLength", "Send a body with one Content-Length.", 411)
            )
            return
        on_demand = self._send_continue if self._asks_first() else None
        # Whether a body is wanted is decided by the headers: the service checks them before it reads.
        source = ToldReader(self.rfile, self._shown)
        body = Body(source, None if chunked else int(lengths[0]), on_demand)
        request = StreamRequest(self.command, target, headers, body)
        with self.server.activity.request():
            response = self.server.respond_streaming(service, request)
            source.tell = None
            self._connection.known |= response.status not in _REFUSED
            with contextlib.closing(response):
                # A client that still waits, or sends very much, sees the answer and a closed connection.
                if not self._can_follow(body):
                    self.close_connection = True
                self._send_streaming(response)

    def _shown(self) -> None:
        self._connection.known = True

    @staticmethod
    def _can_follow(body: Body) -> bool:
        try:
            return body.discard(_DISCARDED_BODY)
        except BodyTruncated:
            return False

    def _send_streaming(self, response: StreamResponse) -> None:
        self.send_response(response.status)
        self.send_header("x-amz-request-id", uuid.uuid4().hex[:16].upper())
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(response.length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and response.length:
            self._write(response.body)
        self.wfile.flush()

    def _write(self, body: bytes | FilePart) -> None:
        if isinstance(body, bytes):
            self.wfile.write(body)
        elif body.length <= PIECE:
            body.file.seek(body.start)
            piece = body.file.read(body.length)
            self.wfile.write(piece)
            self.close_connection |= len(piece) != body.length
        else:
            self.wfile.flush()
            sent = self.connection.sendfile(body.file, body.start, body.length)
            # The file shrank meanwhile: only a connection that ends early tells the client.
            self.close_connection |= sent != body.length

    def _body_length(self) -> int | None:
        """The body's length in bytes; None where the request was refused for it."""
        lengths = self.headers.get_all("content-length", ["0"])
        unclear = len(lengths) != 1 or not lengths[0].isdecimal() or not lengths[0].isascii()
        if unclear or "transfer-encoding" in self.headers:
            problem = (411, "Send a body with one Content-Length.")
        elif len(lengths[0]) > _LONGEST_LENGTH or int(lengths[0]) > MAX_BODY:
            problem = (413, f"The body is larger than {MAX_BODY} bytes.")
        else:
            return int(lengths[0])
        self.close_connection = True  # where the next request starts is unknown now
        self._send(HttpResponse.of_error("InvalidInputException", problem[1], problem[0]))
        return None

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        logger.debug("%s", format % args)
