"""A server that answers the adapter's calls as a recording has them, at the wire: boto3 and dbt are the real ones.

A call gets the answer of the first recorded one that it can be: of the same operation, with parameters that are
the recorded ones when pseudonyms stand for the run's own names. Calls that are made again and again (GetSession,
GetStatement) get the last such answer once more when there is no other. What was printed is framed for the
statement that asks.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from glue_compiler.program.transport import FRAME

from dbt.adapters.glue.recording.scrubbing import STAGED_IN_CODE, Scrubber, unpacked
from tools.replay import Binding, Recording

if TYPE_CHECKING:
    from pathlib import Path

_NONCE = re.compile(r'"nonce":"([0-9a-f]{16})"')
_ASKED_AGAIN = frozenset({"GetSession", "GetStatement"})


class Replay:
    """One recording that is played. `unknown` are the calls that it has no answer to."""

    def __init__(self, file: Path) -> None:
        self.recording = Recording(file)
        self.binding = Binding()
        self.unknown: list[str] = []
        self.asked: list[str] = []
        self._left = list(self.recording.calls)
        self._last: dict[str, dict[str, Any]] = {}
        self._nonces: dict[int, str] = {}
        self._lock = threading.Lock()
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                name = self.headers.get("x-amz-target", "").rpartition(".")[2]
                status, answer = replay.answer(name, json.loads(body or b"{}"))
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, operation: str, given: dict[str, Any]) -> tuple[int, Any]:
        """Status and body."""
        with self._lock:
            self.asked.append(operation)
            call = self._call(operation, given)
            if call is None:
                self.unknown.append(f"{operation} {json.dumps(given)[:300]}")
                told = f"the recording has no answer to this {operation}"
                return 400, {"__type": "NotRecorded", "Message": told}
            if "error" in call:
                error = self.binding.put_in(call["error"])
                return call["status"], {"__type": error["code"], "Message": error["message"]}
            answer = self.binding.put_in(call["answer"])
            if operation == "RunStatement":
                self._note_nonce(answer["Id"], given["Code"])
            if operation == "GetStatement":
                self._frame(answer["Statement"])
            return call["status"], answer

    def _call(self, operation: str, given: dict[str, Any]) -> dict[str, Any] | None:
        for call in self._left:
            if call["operation"] == operation and self._fits(call, given):
                self._left.remove(call)
                self._last[operation] = call
                return call
        last = self._last.get(operation)
        again = operation in _ASKED_AGAIN and last is not None and self._fits(last, given)
        return last if again else None

    def _fits(self, call: dict[str, Any], given: dict[str, Any]) -> bool:
        recorded = {**call["parameters"]}
        live = {**given}
        if "Code" in recorded:
            # Places and staged tables are all that is known of code: those of the live one, in their order.
            function = re.compile(r"characters ([a-z_]+)")
            ours = Scrubber().code(live["Code"])
            if function.findall(ours) != function.findall(recorded["Code"]):
                return False
            words, text = recorded["Code"].rstrip(">").split(), unpacked(live["Code"])
            recorded["Code"] = [word for word in words if "://" in word or "__dbt_" in word]
            live["Code"] = [
                *dict.fromkeys(re.findall(_LIVE_PLACES, text)),
                *dict.fromkeys(STAGED_IN_CODE.findall(text)),
            ]
        found = self.binding.match(recorded, live)
        if found is None:
            return False
        self.binding.values = found
        return True

    def _note_nonce(self, number: int, code: str) -> None:
        found = _NONCE.search(unpacked(code))
        self._nonces[number] = found[1] if found else ""

    def _frame(self, statement: dict[str, Any]) -> None:
        data = (statement.get("Output") or {}).get("Data") or {}
        nonce = self._nonces.get(statement["Id"], "")
        if "TextPlain" in data:
            mark = "\n" + FRAME.format(nonce=nonce)
            data["TextPlain"] = data["TextPlain"].replace("<<dbt-glue>>", mark)


_LIVE_PLACES = r"(?:s3|file)://[^\s'\"\\`,)]+"
