"""A Maven repository on loopback, which tests can hold, break and count; as a proxy it is the repository too."""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from glue_endpoint.spark.formats import Jar

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = bytes(range(256)) * 1200
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
_POM = (
    "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId>"
    "<artifactId>thing</artifactId><version>1.0</version></project>"
)
_PLACE = f"/maven2/org/example/thing/1.0/{JAR.file_name}"


class Repository(ThreadingHTTPServer):
    """Serves JAR below `url`. `requests` are the paths that were fetched; `asked` is set by what was begun."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.content = CONTENT
        self.held: dict[str, threading.Event] = {}
        self.events: list[threading.Event] = []
        self.asked: dict[str, threading.Event] = {
            "jar": threading.Event(),
            "pom": threading.Event(),
        }
        self.password = ""
        self.requests: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/maven2/"

    def hold(self, what: str) -> threading.Event:
        """Lets the next answer with the `jar` or the `pom` stop at its half until the event is set."""
        event = self.held[what] = threading.Event()
        self.events.append(event)
        return event

    def jars_given(self) -> int:
        """How often the jar was asked for."""
        return sum(request.endswith(_PLACE) for request in self.requests)


class _Answer(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.command == "GET":
            self.server.requests.append(self.path)
        expected = base64.b64encode(self.server.password.encode()).decode()
        given = self.headers.get("Proxy-Authorization", "")
        if self.server.password and given != f"Basic {expected}":
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = {_PLACE: self.server.content, _PLACE[:-3] + "pom": _POM.encode()}.get(path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        what = path[-3:]
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.wfile.flush()
        self.server.asked[what].set()
        held = self.server.held.pop(what, None)
        if held is not None:
            held.wait()
        self.wfile.write(content[half:])

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        """Nothing: the tests look at `requests`."""


def ivy_settings(folder: Path, url: str) -> dict[str, str]:
    """Spark's setting for a file that has Ivy ask one repository and no other."""
    file = folder / "ivysettings.xml"
    file.write_text(
        '<ivysettings><settings defaultResolver="one"/><resolvers>'
        f'<ibiblio name="one" m2compatible="true" root="{url}"/></resolvers></ivysettings>'
    )
    return {"spark.jars.ivySettings": str(file)}
