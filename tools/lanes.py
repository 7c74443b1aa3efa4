"""Runs jobs beside each other: the output of each is printed whole, and no process of one outlives it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import traceback
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

MARK = "DBT_GLUE_VERIFY_JOB"
"""The variable that all processes of a job inherit: one that detached itself is still known by it."""
TIDYING = 20.0
"""Seconds that an interrupted command has for what it does at its end: pytest stops its endpoint."""
ENDING = 5.0
"""Seconds that processes have to end by themselves after their job, and once more after SIGTERM."""
PROGRESS = 60.0
"""Seconds between two lines that say what is running."""


@dataclass(frozen=True)
class Counts:
    """What a run says of its tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[str, ...] = ()
    """A line for each that failed: its name, and how its reason begins."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.failures + other.failures,
        )

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


@dataclass(frozen=True)
class Result:
    """One job: how long it took, whether it is good, and its tests when it has any.

    One that was stopped in its middle, as all have a time, is good if tests of it had passed and none had failed.
    """

    job: str
    seconds: float
    good: bool
    counts: Counts | None = None
    stopped: bool = False

    def __str__(self) -> str:
        state = "ok" if self.good else "FAILED"
        if self.stopped:
            state = f"{state}, but not all of it: stopped when the time was over"
        return f"{state}  {self.counts}" if self.counts else state


Outcome = tuple[bool, Counts | None]
"""Whether a job is good, and what it says of its tests."""


@dataclass(frozen=True)
class Job:
    """Work that runs commands in a shell of its own, once the jobs named in `after` have ended.

    Beside one that is `alone` runs no other: it has to answer within a time.
    """

    name: str
    work: Callable[[Shell], Outcome]
    after: tuple[str, ...] = ()
    alone: bool = False


class Stopped(Exception):
    """A command was to start after everything had been told to stop."""


class Shell:
    """Runs the commands of one job; what they print goes to `output`, or to ours if that is None."""

    def __init__(self, output: Path | None = None) -> None:
        self.output = output
        self._mark = uuid.uuid4().hex
        self._command: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def call(
        self,
        *command: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
    ) -> int:
        """Run a command, with variables beside ours; its exit code. Raises Stopped."""
        with contextlib.ExitStack() as files:
            output: int | IO[bytes] | None = None
            if quiet:
                output = subprocess.DEVNULL
            elif self.output is not None:
                output = files.enter_context(self.output.open("ab"))
            with self._lock:
                if self._stopped:
                    raise Stopped
                # A session of its own: Ctrl-C reaches us alone, and we say who has to end.
                self._command = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env={**os.environ, **(env or {}), MARK: self._mark},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=None if output is None else subprocess.STDOUT,
                    start_new_session=True,
                )
            return self._command.wait()

    def say(self, text: str) -> None:
        """Print a line where the commands print."""
        if self.output is None:
            print(text, flush=True)
            return
        with self.output.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def interrupt(self) -> None:
        """Let no further command start, and send SIGINT to the one that runs."""
        with self._lock:
            self._stopped = True
            if self._command is not None and self._command.poll() is None:
                self._command.send_signal(signal.SIGINT)

    def clear(self) -> list[str]:
        """End every process of the job that is left, after a while unless interrupted; their command lines."""
        left = self._left_after(0.0 if self._stopped else ENDING)
        told = [_command_line(process) for process in left]
        for end in (psutil.Process.terminate, psutil.Process.kill):
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    end(process)
            if left:
                left = self._left_after(ENDING)
        return told

    def _left_after(self, seconds: float) -> list[psutil.Process]:
        """The job's processes that have not ended by then. One that only nobody collects has ended."""
        deadline = time.monotonic() + seconds
        while True:
            left = [item for item in psutil.process_iter() if _mark_of(item) == self._mark]
            if not left or time.monotonic() >= deadline:
                return left
            time.sleep(0.05)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # it has ended, or is another user's
        return None


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200]
    except psutil.Error:
        return f"process {process.pid}"


class Lanes:
    """Runs jobs in their order, as many at a time as there are lanes."""

    def __init__(
        self, jobs: Sequence[Job], lanes: int, folder: Path, within: float | None = None
    ) -> None:
        self.results: list[Result] = []
        self.late: list[str] = []
        """Jobs that were not begun: when their turn came, there was no time left for one as long as the longest."""
        self._within = within
        self._waiting = list(jobs)
        self._running: dict[str, Shell] = {}
        self._is_alone = False
        self._cut: dict[str, Counts] | None = None
        """What the jobs that ran when the time was over had said of their tests."""
        self._buffered = lanes > 1 and len(jobs) > 1
        self._folder = folder
        self._changed = threading.Condition()
        self._began = time.monotonic()
        count = min(lanes, len(jobs))
        self._threads = [threading.Thread(target=self._lane, daemon=True) for _ in range(count)]

    def run(self) -> None:
        """Returns when all have ended. Ctrl-C ends them all, and comes out as KeyboardInterrupt."""
        for thread in self._threads:
            thread.start()
        told = self._began
        try:
            while any(thread.is_alive() for thread in self._threads):
                with self._changed:
                    self._changed.wait(1.0)
                if self._cut is None and self._is_over():
                    self._cut_off()
                if self._buffered and time.monotonic() - told > PROGRESS:
                    told = time.monotonic()
                    self._tell_progress()
        except KeyboardInterrupt:
            self._stop()
            raise

    def _lane(self) -> None:
        while (job := self._next()) is not None:
            shell = self._running[job.name]
            began = time.monotonic()
            try:
                good, counts = job.work(shell)
            except Stopped:
                good, counts = False, None
            except Exception:  # noqa: BLE001 - a job that cannot be run has failed, and says why
                shell.say(traceback.format_exc())
                good, counts = False, Counts(failed=1)
            left = shell.clear()
            if left:
                shell.say("left behind, and ended now:\n" + "\n".join(left))
            result = Result(job.name, time.monotonic() - began, good, counts)
            with self._changed:
                if not good and self._cut is not None and job.name in self._cut:
                    so_far = self._cut[job.name]
                    good = so_far.passed > 0 and so_far.failed == 0
                    result = Result(job.name, result.seconds, good, so_far, True)
                self._print(result, shell)
                self.results.append(result)
                del self._running[job.name]
                self._changed.notify_all()

    def _next(self) -> Job | None:
        """The first job that may start; None when there is none any more."""
        with self._changed:
            while self._waiting:
                if self._is_late():
                    self.late += [job.name for job in self._waiting]
                    self._waiting.clear()
                    self._changed.notify_all()
                    return None
                job = self._may_start()
                if job is not None:
                    self._waiting.remove(job)
                    self._is_alone = job.alone
                    place = self._folder / f"{len(self._waiting)}.log"
                    self._running[job.name] = Shell(place if self._buffered else None)
                    started = f"{self._clock()}  {job.name} starts"
                    print(started if self._buffered else f"\n=== {job.name}", flush=True)
                    return job
                self._changed.wait()
        return None

    def _may_start(self) -> Job | None:
        """The first job whose turn it is; one that runs alone lets none overtake it."""
        if self._is_alone and self._running:
            return None
        unfinished = {job.name for job in self._waiting} | self._running.keys()
        ready = (job for job in self._waiting if not unfinished & set(job.after))
        job = next(ready, None)
        return None if job is not None and job.alone and self._running else job

    def _is_late(self) -> bool:
        """How long jobs take here today is known from those that have ended."""
        return self._is_over(after=max((result.seconds for result in self.results), default=0.0))

    def _is_over(self, after: float = 0.0) -> bool:
        elapsed = time.monotonic() - self._began
        return self._within is not None and elapsed + after > self._within

    def _cut_off(self) -> None:
        """End what runs when the time is over: what its tests have said until then counts."""
        with self._changed:
            self._cut = {name: _so_far(shell.output) for name, shell in self._running.items()}
            shells = list(self._running.values())
        self._end(shells)

    def _stop(self) -> None:
        """Interrupt what runs, and end what is left of it; a second Ctrl-C shortens the wait."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()
            shells = list(self._running.values())
        with contextlib.suppress(KeyboardInterrupt):
            self._end(shells)
        for shell in shells:
            shell.clear()

    def _end(self, shells: list[Shell]) -> None:
        for shell in shells:
            shell.interrupt()
        deadline = time.monotonic() + TIDYING
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for shell in shells:
            shell.clear()

    def _print(self, result: Result, shell: Shell) -> None:
        if not self._buffered:
            return
        assert shell.output is not None  # noqa: S101 - narrows the type
        told = shell.output.read_text(errors="replace").strip("\n") if shell.output.exists() else ""
        end = f"{self._clock()}  {result.job} has ended after {result.seconds:.1f} s: {result}"
        print("\n".join(["", f"=== {result.job}", *([told] if told else []), end, ""]), flush=True)

    def _tell_progress(self) -> None:
        with self._changed:
            told = [f"{name}{_percentage(shell.output)}" for name, shell in self._running.items()]
            print(f"{self._clock()}  running: {', '.join(told)}", flush=True)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:>3}:{seconds:02}"


def _percentage(output: Path | None) -> str:
    """What pytest printed last of how far it is, with a blank before it."""
    if output is None or not output.exists():
        return ""
    found: list[str] = re.findall(r"\[ *(\d+%)\]", output.read_text(errors="replace"))
    return f" {found[-1]}" if found else ""


def _so_far(output: Path | None) -> Counts:
    """What the lines of pytest's progress say: a mark for each test that has ended."""
    told = output.read_text(errors="replace") if output is not None and output.exists() else ""
    marks = "".join(re.findall(r"^([.FEsxX]+)(?=\s|$)", told, re.MULTILINE))
    return Counts(marks.count("."), marks.count("F") + marks.count("E"), marks.count("s"))


@contextlib.contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and SIGHUP come as KeyboardInterrupt, so that they too leave no process behind."""

    def raise_interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    former = {number: signal.signal(number, raise_interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def run(
    jobs: Sequence[Job], lanes: int, within: float | None = None
) -> tuple[list[Result], list[str]]:
    """Run the jobs, `lanes` at a time; their results in the jobs' order, and the names of those that came too late.

    Nothing begins that, as long as the longest so far, would not end `within` so many seconds; what runs then is stopped.
    One job alone, or one at a time, prints as it goes. Raises KeyboardInterrupt when interrupted, after everything
    has ended.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as folder, _ended_like_ctrl_c():
        lines = Lanes(jobs, lanes, Path(folder), within)
        lines.run()
    places = {job.name: place for place, job in enumerate(jobs)}
    return sorted(lines.results, key=lambda result: places[result.job]), lines.late
