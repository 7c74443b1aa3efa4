"""Somebody who edits one document in one server, and waits for its findings."""

from __future__ import annotations

import queue
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil

from tests.benchmarks.lsp.servers import OURS, environment
from tests.benchmarks.lsp.tables import say
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.lsp.edits import Edit
    from tests.benchmarks.lsp.servers import Server

PULLS = {"dynamicRegistration": True, "relatedDocumentSupport": True}
DOCUMENT = {
    "publishDiagnostics": {"versionSupport": True},
    "hover": {"contentFormat": ["markdown"]},
    "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
}
WORKSPACE = {"configuration": True, "workspaceFolders": True}
NO_SUCH_METHOD = -32601
ASK_AGAIN = (-32801, -32802)  # the text was edited meanwhile, the server gave up
INCREMENTAL = 2
FILES = {
    "dbt_project.yml": "name: shop\n",
    "models/events.sql": "select 1 as id",
    "models/customers.sql": "select 1 as id",
}


class Typist:
    """One server with one open model in a project of its own.

    Raises:
        queue.Empty: the server did not answer in time.
        AssertionError: it answered with an error.
    """

    def __init__(self, server: Server, folder: Path, text: str) -> None:
        for name, content in {**FILES, "models/facts.py": text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        self.name = server.name
        self.text = text
        self.version = 1
        self.uri = (folder / "models/facts.py").as_uri()
        self.takes_ranges = True
        self.pulls = server.pulled
        self.found: list[Any] = []
        self.client = WireClient(server.command, env=environment())
        self._process = psutil.Process(self.client.process.pid)
        try:
            self._begin(folder)
        except BaseException:
            self.__exit__()
            raise

    def _begin(self, folder: Path) -> None:
        document = {**DOCUMENT, "diagnostic": PULLS} if self.pulls else DOCUMENT
        self.client.initialize(folder, {"textDocument": document, "workspace": WORKSPACE})
        self.client.open(self.uri, self.text)
        kind = self.client.capabilities.get("textDocumentSync", INCREMENTAL)
        self.takes_ranges = (kind.get("change") if isinstance(kind, dict) else kind) == INCREMENTAL
        self.found = self.findings()

    def __enter__(self) -> Typist:
        return self

    def __exit__(self, *_: object) -> None:
        processes = self.processes()
        self.client.__exit__()
        for process in processes[1:]:  # a server that is a script which starts the real one
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def change(self, edit: Edit) -> None:
        """Send an edit as the server asked for it: the range, or the whole text."""
        self.version += 1
        before, self.text = self.text, edit.applied_to(self.text)
        change = edit.as_range(before) if self.takes_ranges else {"text": self.text}
        document = {"uri": self.uri, "version": self.version}
        self.client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )

    def findings(self) -> list[Any]:
        """The findings of the present text: asked for, or, where the server cannot be asked, waited for."""
        while self.pulls:
            message = self.client.request(
                "textDocument/diagnostic", {"textDocument": {"uri": self.uri}}
            )
            self.client.write(message)
            answer = self.client.answer(message["id"])
            if "error" not in answer:
                items: list[Any] = answer["result"]["items"]
                return items
            code = answer["error"]["code"]
            assert code in (*ASK_AGAIN, NO_SUCH_METHOD), answer["error"]
            self.pulls = code != NO_SUCH_METHOD
        while True:
            found = self.client.wait_for("textDocument/publishDiagnostics", self.uri)
            if found.get("version") in (None, self.version):
                sent: list[Any] = found["diagnostics"]
                return sent

    def milliseconds_of(self, edit: Edit) -> float:
        """The clock from the notification of an edit to its findings."""
        self.client.settle()
        started = time.perf_counter()
        self.change(edit)
        self.found = self.findings()
        return 1000 * (time.perf_counter() - started)

    def ask(self, method: str, needle: str) -> Any:
        """What the server says at the end of the first place of a text."""
        before = self.text[: self.text.index(needle) + len(needle)]
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        here = {"textDocument": {"uri": self.uri}, "position": position}
        return self.client.ask(method, here)

    def processes(self) -> list[psutil.Process]:
        """The server's process, and those that it started."""
        return [self._process, *self._process.children(recursive=True)]

    def processor(self) -> float:
        """Milliseconds of processor time of the server and its processes, also of those that ended."""
        total = 0.0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                used = process.cpu_times()
                total += processor_seconds(process) + used.children_user + used.children_system
        return 1000 * total

    def memory(self) -> float:
        """Megabytes that the server's processes have in memory together."""
        return sum(megabytes_of(self._process.pid))


def opened(server: Server, folder: Path, text: str) -> Typist | None:
    """A server that has given its first findings; none where another one does not answer."""
    try:
        return Typist(server, folder, text)
    except (queue.Empty, AssertionError, OSError) as error:
        if server.name == OURS:
            raise
        say(f"  ({server.name} does not answer: {type(error).__name__} {error})")
        return None


def processor_seconds(process: psutil.Process) -> float:
    """The processor time of all threads of a process.

    psutil counts ticks of 10 ms, too coarse for a server that takes one or two: Linux has a clock for
    each process, whose number is made as clock_getcpuclockid(3) makes it.
    """
    if sys.platform != "linux":
        used = process.cpu_times()
        return float(used.user + used.system)
    try:
        return time.clock_gettime((~process.pid << 3) | 2)
    except OSError as error:
        raise psutil.NoSuchProcess(process.pid) from error


def megabytes_of(pid: int) -> list[float]:
    """What a server and each process that it started have in memory."""
    server = psutil.Process(pid)
    return [item.memory_info().rss / 1e6 for item in (server, *server.children(recursive=True))]
