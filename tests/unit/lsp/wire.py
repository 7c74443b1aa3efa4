"""A client without a library: it writes messages to a server's standard input and reads the answers."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SERVER = (sys.executable, "-c", "from glue_cli.main import main; main()", "lsp", "--stdio")


class WireClient:
    """One server process and the messages that go to and fro."""

    def __init__(
        self,
        command: tuple[str, ...] = SERVER,
        seconds: float = 60.0,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self._seconds = seconds
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**(os.environ if env is None else env), "PYTHONFAULTHANDLER": "1"},
        )
        self.notifications: list[dict[str, Any]] = []
        self.capabilities: dict[str, Any] = {}
        self.settings: dict[str | None, Any] = {}
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._known: dict[int, dict[str, Any]] = {}
        self._next = 0
        self.stray = b""
        threading.Thread(target=self._read, daemon=True).start()
        self._errors: list[bytes] = []
        self._draining = threading.Thread(target=self._drain, daemon=True)
        self._draining.start()

    def __enter__(self) -> WireClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def errors(self) -> str:
        """What the server wrote to standard error so far."""
        return b"".join(self._errors).decode()

    def write(self, *messages: dict[str, Any]) -> None:
        """Send messages in one write, as if they had come while the server was busy."""
        assert self.process.stdin is not None
        data = b""
        for message in messages:
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
            data += b"Content-Length: %d\r\n\r\n" % len(body) + body
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def request(self, method: str, params: Any) -> dict[str, Any]:
        """A request with a number of its own, not sent yet."""
        self._next += 1
        return {"id": self._next, "method": method, "params": params}

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result; an error is an AssertionError."""
        message = self.request(method, params)
        self.write(message)
        answer = self.answer(message["id"])
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.write({"method": method, "params": params})

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to a request; requests of the server are answered by null meanwhile."""
        while number not in self._known:
            self._take(self._answers.get(timeout=self._seconds))
        return self._known.pop(number)

    def wait_for(self, method: str, uri: str | None = None) -> dict[str, Any]:
        """The next notification of a method (about a document), taken out of those that came."""
        while True:
            for message in self.notifications:
                if message["method"] == method and uri in (None, message["params"].get("uri")):
                    self.notifications.remove(message)
                    params: dict[str, Any] = message["params"]
                    return params
            self._take(self._answers.get(timeout=self._seconds))

    def has_answer(self, number: int) -> bool:
        """Whether the answer to a request has come, as far as messages have been taken."""
        return number in self._known

    def settle(self) -> None:
        """Answer what the server asked meanwhile, and forget what it notified."""
        while not self._answers.empty():
            self._take(self._answers.get())
        self.notifications.clear()

    def initialize(self, root: Path, capabilities: Any = None, options: Any = None) -> Any:
        """Begin a session on a folder."""
        result = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "capabilities": capabilities or {},
                "initializationOptions": options,
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
            },
        )
        self.capabilities = result["capabilities"]
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, version: int = 1) -> None:
        """Open a Python document."""
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def leave(self) -> int:
        """Shut down and exit; the server's exit status."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        try:
            return self.process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            # It says what its threads do, and ends.
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(self._seconds)
            self._draining.join(self._seconds)
            raise AssertionError(f"the server did not end: {self.errors}") from None

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self._known[message["id"]] = message
        elif "id" in message:
            self.notifications.append(message)
            result: Any = None
            if message["method"] == "workspace/configuration":
                items = message["params"]["items"]
                result = [self.settings.get(item.get("scopeUri")) for item in items]
            self.write({"id": message["id"], "result": result})
        else:
            self.notifications.append(message)

    def _read(self) -> None:
        assert self.process.stdout is not None
        while head := self.process.stdout.readline():
            match = re.fullmatch(rb"Content-Length: (\d+)\r\n", head)
            if match is None:
                self.stray += head
                continue
            while self.process.stdout.readline() != b"\r\n":
                pass
            self._answers.put(json.loads(self.process.stdout.read(int(match[1]))))

    def _drain(self) -> None:
        assert self.process.stderr is not None
        while data := self.process.stderr.read1():
            self._errors.append(data)
