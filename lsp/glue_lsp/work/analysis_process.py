"""Has long texts analysed in a process of its own, because here they would hold the interpreter and every hover."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from glue_lsp.work.analysis_worker import unpack_facts
from glue_lsp.work.child import Child, ChildFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.text.source import SourceText

    Key = tuple[str, AnalysisOptions]

LONG = 12_000
"""Texts of more code points are analysed there: about 250 lines, 80 ms."""

_LOG = logging.getLogger(__name__)


class Pending(BaseException):
    """The facts of a long text are wanted: `job` is their making.

    It is no Exception, so that it passes through who goes on without what fails, as the planner does.
    """

    def __init__(self, job: Job) -> None:
        super().__init__("the facts are being made")
        self.job = job


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
        self._child = Child("glue_lsp.work.analysis_worker", "the process that analyses long texts")

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
        self._child.close()

    async def _make(self, key: Key, text: str, job: Job) -> None:
        try:
            async with self._lock:
                await asyncio.sleep(0)
                if job.wanted:
                    self._keep(key, await self._facts(text, key[1]))
        finally:
            del self._jobs[key]

    async def _facts(self, text: str, options: AnalysisOptions) -> ModelFacts:
        request = {"op": "facts", "text": text, "options": asdict(options)}
        try:
            return unpack_facts(await self._child.ask(request))
        except (OSError, ChildFailed) as error:
            _LOG.warning("a long text is analysed here: %s", error)
            from glue_compiler.analysis import analyze

            return analyze(text, options)
