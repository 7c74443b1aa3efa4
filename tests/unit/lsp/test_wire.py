"""What happens between messages: cancels, edits that overtake requests, stray output, broken messages, the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from pathlib import Path

# The real server with four more methods: one that takes its time, one that counts those, one that prints,
# and one that counts the futures there are, which pygls makes for messages.
EXTENDED = """
import gc, os, time
from concurrent.futures import Future
from types import SimpleNamespace
from glue_lsp.client.connection import queued
from glue_lsp.server import GlueServer
from glue_lsp.wire.transport import serve

server, runs = GlueServer(), []

def slow(ls, params):
    runs.append(params)
    time.sleep(0.3)
    return len(runs)

def stray(ls, params):
    print("a library that prints")
    os.system("echo a program that prints")
    os.write(1, b"Content-Length: 3\\r\\n\\r\\n{}\\n")
    return "printed"

server.feature("test/slow")(queued(slow))
server.feature("test/runs")(queued(lambda ls, params: len(runs)))
def futures(ls, params):
    gc.collect()
    return sum(isinstance(item, Future) for item in gc.get_objects())

server.feature("test/stray")(stray)
server.feature("test/futures")(futures)
serve(server)
"""
# The real server, which starts a process for the closed models and gets no further before it is told to exit.
STARTING = """
import asyncio
from glue_lsp.server import GlueServer
from glue_lsp.wire.transport import serve

server, exiting = GlueServer(), asyncio.Event()
server.feature("exit")(lambda *_: exiting.set())
connect = asyncio.SelectorEventLoop.connect_read_pipe

async def connect_later(*arguments):
    if not exiting.is_set():
        server.protocol.notify("test/starting", {})
        await exiting.wait()
    return await connect(*arguments)

asyncio.SelectorEventLoop.connect_read_pipe = connect_later
serve(server)
"""
MODEL = 'def model(dbt, session):\n    return dbt.ref("orders")\n'
EDITS = 50
CANCELLED, MODIFIED = -32800, -32801


@pytest.fixture
def extended(project: Path) -> WireClient:
    client = WireClient((sys.executable, "-c", EXTENDED))
    client.initialize(project)
    return client


def test_nothing_is_kept_of_an_edit_that_was_handled(extended: WireClient, project: Path) -> None:
    uri = (project / "models/typed.py").as_uri()
    with extended as client:
        client.open(uri, MODEL)
        before = client.ask("test/futures", {})
        for version in range(2, 2 + EDITS):
            change = {"text": f"{MODEL}# {version}\n"}
            document = {"uri": uri, "version": version}
            client.notify(
                "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
            )
        # A few others come from work that goes on meanwhile.
        assert client.ask("test/futures", {}) < before + EDITS / 2


def test_a_cancelled_request_in_the_queue_does_no_work(extended: WireClient) -> None:
    with extended as client:
        first, second, third = (client.request("test/slow", {}) for _ in range(3))
        cancels = [
            {"method": "$/cancelRequest", "params": {"id": item["id"]}} for item in (second, third)
        ]
        client.write(first, second, third)
        client.write(*cancels)
        assert client.answer(first["id"])["result"] == 1
        for item in (second, third):
            assert client.answer(item["id"])["error"]["code"] == CANCELLED
        assert client.ask("test/runs", {}) == 1


def test_a_request_that_an_edit_has_overtaken_says_so(project: Path) -> None:
    with WireClient() as client:
        client.initialize(project)
        uri = (project / "models/report.py").as_uri()
        client.open(uri, MODEL)
        here = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 22}}
        assert "orders" in client.ask("textDocument/hover", here)["contents"]["value"]
        hover = client.request("textDocument/hover", here)
        edit = {
            "textDocument": {"uri": uri, "version": 2},
            "contentChanges": [{"text": "# moved\n" + MODEL}],
        }
        client.write(hover, {"method": "textDocument/didChange", "params": edit})
        assert client.answer(hover["id"])["error"]["code"] == MODIFIED
        assert "Traceback" not in client.errors


def test_the_first_request_waits_for_its_project(project: Path) -> None:
    with WireClient() as client:
        uri = (project / "models/report.py").as_uri()
        begin = client.request("initialize", {"capabilities": {}, "rootUri": project.as_uri()})
        document = {"uri": uri, "languageId": "python", "version": 1, "text": MODEL}
        hover = client.request(
            "textDocument/hover",
            {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 22}},
        )
        client.write(
            begin,
            {"method": "initialized", "params": {}},
            {"method": "textDocument/didOpen", "params": {"textDocument": document}},
            hover,
        )
        found = client.answer(hover["id"])
        assert "One row per order" in found["result"]["contents"]["value"]


def test_what_is_printed_never_reaches_the_client(extended: WireClient) -> None:
    with extended as client:
        assert client.ask("test/stray", {}) == "printed"
        assert client.ask("test/runs", {}) == 0
        assert client.leave() == 0
        assert client.stray == b""
        assert "a library that prints" in client.errors
        assert "a program that prints" in client.errors


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"jsonrpc": "2.0", "id": 77, "method": "textDocument/hover", "params": {}}', -32602),
        (b'{"jsonrpc": "2.0", "id": 77, "method": "no/such"}', -32601),
        (b"not json", None),
        (b"[]", None),
        (b'{"id": 77}', None),
    ],
)
def test_a_message_that_cannot_be_read_ends_nothing(
    project: Path, body: bytes, code: int | None
) -> None:
    with WireClient() as client:
        client.initialize(project)
        assert client.process.stdin is not None
        client.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        client.process.stdin.flush()
        if code is not None:
            assert client.answer(77)["error"]["code"] == code
        assert client.ask("workspace/symbol", {"query": "orders"})
        assert not [item for item in client.notifications if "showMessage" in item["method"]]


def test_the_end_of_input_ends_the_server_and_its_processes(project: Path) -> None:
    with WireClient() as client:
        client.initialize(project)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(30) == 0


def test_the_server_ends_while_it_starts_a_process(project: Path) -> None:
    with WireClient((sys.executable, "-c", STARTING)) as client:
        client.initialize(project)
        client.wait_for("test/starting")
        assert client.leave() == 0
        assert "Traceback" not in client.errors


def test_an_exit_without_shutdown_is_a_failure(project: Path) -> None:
    with WireClient() as client:
        client.initialize(project)
        client.notify("exit", None)
        assert client.process.wait(30) == 1
