"""The client of a process beside the server: asks in JSON lines, hears of progress, cancels, starts it again when it died.

A request `{id, op, ...}` gets one line `{id, event: "result", ok: true, result}` or `{id, event:
"result", ok: false, error}` (with `cancelled: true` after `{op: "cancel", job: id}`). Other events
may come before it, with the request's id or, about the process, without one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_lsp.work.command import NEUTRAL_FOLDER, child_environment, module_command

if TYPE_CHECKING:
    from collections.abc import Callable

    Hear = Callable[[dict[str, Any]], None]

_LOG = logging.getLogger(__name__)
_LINE_LIMIT = 64 * 1024 * 1024
_LAST_WORDS = 2000
_LAST_WORDS_WAIT = 1.0


class ChildFailed(Exception):
    """A request has no result; the message says why, for people."""


class ChildCancelled(Exception):
    """A request was cancelled before it had a result."""


class Child:
    """A module that runs as a process, from the first request on.

    `name` is what people call it. `on_event` hears what it says that is about no request.
    """

    def __init__(self, module: str, name: str, on_event: Hear | None = None) -> None:
        self._module = module
        self._name = name
        self._on_event = on_event
        self._started: asyncio.Task[_Process] | None = None
        self._starting: set[asyncio.Task[_Process]] = set()

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        process = _process_of(self._started)
        return process is not None and process.alive

    async def ask(self, request: dict[str, Any], on_event: Hear | None = None) -> Any:
        """The result of a request. A caller that is cancelled cancels the request.

        Raises:
            ChildFailed: the process refused, or it ended.
            ChildCancelled: the process gave the request up.
        """
        if self._started is None or (self._started.done() and not self.running):
            start = _Process.start(self._module, self._name, self._on_event)
            self._started = asyncio.get_running_loop().create_task(start)
            self._starting.add(self._started)
            self._started.add_done_callback(self._starting.discard)
        # A start that is cut off half way would leave a process that nobody knows.
        process = await asyncio.shield(self._started)
        return await process.ask(request, on_event)

    def close(self) -> None:
        """Let the process end: it gives up what it does when its input ends."""
        started, self._started = self._started, None
        if started is None:
            return
        if started.done():
            _close(started)
        else:
            started.add_done_callback(_close)

    async def settled(self) -> None:
        """Wait until no start is under way: asyncio waits for ever for the end of one that it cuts off half way."""
        while self._starting:
            await asyncio.wait(self._starting)


def _process_of(started: asyncio.Task[_Process] | None) -> _Process | None:
    if started is None or not started.done() or started.cancelled() or started.exception():
        return None
    return started.result()


def _close(started: asyncio.Task[_Process]) -> None:
    process = _process_of(started)
    if process is not None:
        process.close()


@dataclass
class _Question:
    """A request that has no result yet."""

    result: asyncio.Future[dict[str, Any]]
    on_event: Hear | None


class _Process:
    """One process from its start to its end, and what it was asked meanwhile."""

    def __init__(
        self, process: asyncio.subprocess.Process, name: str, on_event: Hear | None
    ) -> None:
        assert process.stdin is not None  # noqa: S101 - started with pipes
        self._process = process
        self._input = process.stdin
        self._name = name
        self._on_event = on_event
        self._questions: dict[int, _Question] = {}
        self._asked = 0
        self._last_words = ""
        loop = asyncio.get_running_loop()
        self._listening = loop.create_task(self._listen())
        self._reading = loop.create_task(self._read())

    @classmethod
    async def start(cls, module: str, name: str, on_event: Hear | None) -> _Process:
        """Start the module."""
        process = await asyncio.create_subprocess_exec(
            *module_command(module),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=NEUTRAL_FOLDER,
            env=child_environment(),
            limit=_LINE_LIMIT,
        )
        return cls(process, name, on_event)

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None and not self._reading.done()

    async def ask(self, request: dict[str, Any], on_event: Hear | None) -> Any:
        """The result of a request; raises as Child.ask."""
        self._asked += 1
        number = self._asked
        question = _Question(asyncio.get_running_loop().create_future(), on_event)
        self._questions[number] = question
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # the end of its output follows
                self._write({**request, "id": number})
                await self._input.drain()
            found = await question.result
        except asyncio.CancelledError:
            if self.alive:
                self._write({"op": "cancel", "job": number, "id": 0})
            raise
        finally:
            del self._questions[number]
        if found.get("cancelled"):
            raise ChildCancelled
        if not found["ok"]:
            if "traceback" in found:
                _LOG.error("%s", found["traceback"])
            raise ChildFailed(str(found["error"]))
        return found["result"]

    def close(self) -> None:
        """End its input."""
        if self._process.returncode is None:
            self._input.close()

    def _write(self, message: dict[str, Any]) -> None:
        self._input.write(json.dumps(message).encode() + b"\n")

    async def _read(self) -> None:
        """Pass on what it says, and when it has ended tell all that still wait for it."""
        assert self._process.stdout is not None  # noqa: S101 - started with pipes
        try:
            while line := await self._process.stdout.readline():
                self._take(json.loads(line))
        except ValueError as error:
            _LOG.error("%s cannot be understood: %s", self._name, error)
            with suppress(ProcessLookupError):
                self._process.kill()
        why = await self._why()
        for question in self._questions.values():
            if not question.result.done():
                question.result.set_result({"ok": False, "error": why})

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        question = None if number is None else self._questions.get(number)
        if message["event"] == "result":
            if question is not None and not question.result.done():
                question.result.set_result(message)
        elif question is not None and question.on_event is not None:
            question.on_event(message)
        elif number is None and self._on_event is not None:
            self._on_event(message)

    async def _listen(self) -> None:
        """What it and its libraries write for people goes to the log; the end of it is told when it dies."""
        assert self._process.stderr is not None  # noqa: S101 - started with pipes
        while data := await self._process.stderr.read(65536):
            text = data.decode("utf-8", "replace")
            self._last_words = (self._last_words + text)[-_LAST_WORDS:]
            _LOG.debug("%s", text.rstrip())

    async def _why(self) -> str:
        status = await self._process.wait()
        # What it started may hold the other end of its errors for longer than it lives.
        await asyncio.wait({self._listening}, timeout=_LAST_WORDS_WAIT)
        words = self._last_words.strip().splitlines()
        said = f": {words[-1]}" if words else ""
        return f"{self._name} ended with status {status}{said}"
