"""Has long texts analysed in a process of its own, because here they would hold the interpreter and every hover."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
from typing import TYPE_CHECKING

from glue_lsp.work.analysis_worker import LENGTH, packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.text.source import SourceText

    Key = tuple[str, AnalysisOptions]

LONG = 12_000
"""Texts of more code points are analysed there: about 250 lines, 80 ms."""

_LOG = logging.getLogger(__name__)


class Job:
    """The analysis of one text, which may have several waiting for it."""

    def __init__(self, start: Callable[[Job], asyncio.Task[None]]) -> None:
        self._waiting: list[Callable[[], bool]] = []
        self._task = start(self)

    @property
    def wanted(self) -> bool:
        """Whether anybody waits who still wants it."""
        return any(wanted() for wanted in self._waiting)

    async def wait(self, wanted: Callable[[], bool]) -> None:
        """Wait until it is done, or is dropped because nobody wanted it when its turn came."""
        self._waiting.append(wanted)
        try:
            await asyncio.shield(self._task)
        finally:
            self._waiting.remove(wanted)


class AnalysisProcess:
    """One process, one text at a time; `keep` receives the facts."""

    def __init__(self, keep: Callable[[Key, ModelFacts], None]) -> None:
        self._keep = keep
        self._jobs: dict[Key, Job] = {}
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    def job(self, source: SourceText, options: AnalysisOptions) -> Job:
        """The job that makes the facts of a text."""
        key = (source.hash, options)
        job = self._jobs.get(key)
        if job is None:
            loop = asyncio.get_running_loop()
            job = Job(lambda job: loop.create_task(self._make(key, source.text, job)))
            self._jobs[key] = job
        return job

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _make(self, key: Key, text: str, job: Job) -> None:
        try:
            async with self._lock:
                await asyncio.sleep(0)
                if job.wanted:
                    self._keep(key, await self._facts(text, key[1]))
        finally:
            del self._jobs[key]

    async def _facts(self, text: str, options: AnalysisOptions) -> ModelFacts:
        try:
            process = await self._running()
            assert process.stdin is not None  # noqa: S101 - started with pipes
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(packed((text, options)))
            await process.stdin.drain()
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            data = await process.stdout.readexactly(length)
            facts: ModelFacts = pickle.loads(data)  # noqa: S301 - our own child wrote it
        except (OSError, asyncio.IncompleteReadError) as error:
            _LOG.warning("the analysis of long texts ended early, one is analysed here: %s", error)
            self.close()
            from glue_compiler.analysis import analyze

            return analyze(text, options)
        return facts

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "glue_lsp.work.analysis_worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        return self._process
