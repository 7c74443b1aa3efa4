"""The process that validates models in a session: started when it is first needed, and again after it died."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_LINE_LIMIT = 64 * 1024 * 1024
_LAST_WORDS = 2000
_MODULE = "dbt.adapters.glue.validation"


class ValidationFailed(Exception):
    """A job has no result; the message says why, for people."""


class ValidationCancelled(Exception):
    """A job was cancelled before it had a result."""


class ValidationProcess:
    """One process of `python -m dbt.adapters.glue.validation`, which does one job after the other.

    `on_session(root, state, detail)` hears what becomes of the sessions.
    """

    def __init__(self, on_session: Callable[[str, str, dict[str, Any]], None]) -> None:
        self._on_session = on_session
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._next = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._progress: dict[int, Callable[[str], None]] = {}
        self._readers: set[asyncio.Task[None]] = set()
        self._last_words = ""

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def ask(
        self, request: dict[str, Any], progress: Callable[[str], None] | None = None
    ) -> dict[str, Any]:
        """The result of a request. A caller that is cancelled cancels the job.

        Raises ValidationFailed, ValidationCancelled.
        """
        process = await self._running()
        self._next += 1
        number = self._next
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        if progress is not None:
            self._progress[number] = progress
        try:
            await self._write(process, {**request, "id": number})
            found = await answer
        except asyncio.CancelledError:
            self._cancel(process, number)
            raise
        except (BrokenPipeError, ConnectionResetError):
            raise ValidationFailed(await self._why(process)) from None
        finally:
            self._answers.pop(number, None)
            self._progress.pop(number, None)
        if found.get("cancelled"):
            raise ValidationCancelled
        if not found["ok"]:
            if "traceback" in found:
                _LOG.error("%s", found["traceback"])
            raise ValidationFailed(str(found["error"]))
        result: dict[str, Any] = found["result"]
        return result

    def close(self) -> None:
        """Let the process end: it cancels what runs and stops its sessions when its input ends."""
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.close()
        self._process = None

    def _cancel(self, process: asyncio.subprocess.Process, number: int) -> None:
        if process.returncode is None and process.stdin is not None:
            request = {"op": "cancel", "job": number, "id": 0}
            process.stdin.write(json.dumps(request).encode() + b"\n")

    async def _write(self, process: asyncio.subprocess.Process, request: dict[str, Any]) -> None:
        assert process.stdin is not None  # noqa: S101 - started with pipes
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._last_words = ""
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", _MODULE),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    limit=_LINE_LIMIT,
                )
                for work in (self._read(self._process), self._listen(self._process)):
                    task = asyncio.get_running_loop().create_task(work)
                    self._readers.add(task)
                    task.add_done_callback(self._readers.discard)
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - started with pipes
        while line := await process.stdout.readline():
            self._take(json.loads(line))
        why = await self._why(process)
        for number, answer in list(self._answers.items()):
            if not answer.done():
                answer.set_result({"id": number, "ok": False, "error": why})

    def _take(self, message: dict[str, Any]) -> None:
        number: int = message.get("id") or 0
        if message["event"] == "session":
            self._on_session(message["root"], message["state"], message["detail"])
        elif message["event"] == "progress" and number in self._progress:
            self._progress[number](message["message"])
        elif message["event"] == "result":
            answer = self._answers.get(number)
            if answer is not None and not answer.done():
                answer.set_result(message)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """What dbt and libraries write for people goes to the log; its end is told when the process dies."""
        assert process.stderr is not None  # noqa: S101 - started with pipes
        while data := await process.stderr.read(65536):
            text = data.decode("utf-8", "replace")
            self._last_words = (self._last_words + text)[-_LAST_WORDS:]
            _LOG.debug("%s", text.rstrip())

    async def _why(self, process: asyncio.subprocess.Process) -> str:
        status = await process.wait()
        words = self._last_words.strip().splitlines()
        said = f": {words[-1]}" if words else ""
        return f"the process that validates models ended with status {status}{said}"
