"""dbt in a process that has imported it and parsed the project once, and is copied for each command: half a second less.

`Dbt` is the side that asks. The module run by itself is the process: a command's arguments a line in; the process id of
the copy that runs it and then its exit code out. A copy ends as the command line does, and may be killed like it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.faults import READ_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.process.client import EndpointHandle

__all__ = ["Dbt", "Ended"]

ROOT = Path(__file__).parents[2]
START = 120.0
"""Seconds for the imports and the parsing."""


class Ended(NamedTuple):
    """How a command ended. `code`: its exit code, below 0 for a signal, None where it did not end in time."""

    code: int | None
    said: str
    seconds: float


class Dbt:
    """A warm dbt for one project, with the keys of an endpoint. One command at a time."""

    def __init__(self, place: Sequence[str], endpoint: EndpointHandle, folder: Path) -> None:
        self._place, self._folder = list(place), folder
        self._env = {
            "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        }
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[int | None] = queue.Queue()
        self.running: int | None = None

    def run(self, arguments: Sequence[str], within: float = 120.0) -> Ended:
        """Runs a command; one that does not end within so many seconds is killed."""
        process = self._process or self._start()
        assert process.stdin is not None
        output = self._folder / "output.txt"
        process.stdin.write(json.dumps([str(output), *arguments]) + "\n")
        process.stdin.flush()
        self.running = self._answer(START)
        began = time.monotonic()
        try:
            code = self._answer(within)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            self._answer(within)
            return Ended(None, f"did not end within {within:.0f} s", within)
        finally:
            self.running = None
        return Ended(code, output.read_text(errors="replace"), time.monotonic() - began)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the command that runs, if one does."""
        if self.running is not None:
            os.kill(self.running, number)

    def close(self) -> None:
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answer(self, within: float) -> int:
        try:
            answer = self._answers.get(timeout=within)
        except queue.Empty:
            raise TimeoutError from None
        if answer is None:
            raise RuntimeError(f"dbt's process died; see {self._folder / 'dbt.log'}")
        return answer

    def _start(self) -> subprocess.Popen[str]:
        with (self._folder / "dbt.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.reliability.warm_dbt", *self._place],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, **self._env},
            )  # fmt: skip
        answers = self._answers = queue.Queue()

        def listen() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                answers.put(int(line))
            answers.put(None)

        threading.Thread(target=listen, daemon=True).start()
        self._process = process
        return process


def serve(place: Sequence[str]) -> None:
    """Answers each line with two: who runs the command, and how it ended."""
    from botocore.config import Config
    from dbt.cli.main import dbtRunner

    from dbt.adapters.glue.sessions import retries

    # A shell's background job ignores SIGINT, and so would the commands that it is sent to.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shorten(Config)
    retries.CREDENTIALS_PATIENCE = 4.0
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    manifest = dbtRunner().invoke(["--quiet", "parse", *place]).result
    for line in sys.stdin:
        output, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            answers.close()
            command(Path(output), arguments, manifest)
        print(pid, file=answers, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def shorten(config: type) -> None:
    """Has no client wait longer for an answer than READ_TIMEOUT, so that an unanswered call does not cost a minute."""
    made = config.__init__  # type: ignore[misc]

    def shortened(self: object, *positional: object, **given: object) -> None:
        made(self, *positional, **{**given, "read_timeout": READ_TIMEOUT})

    config.__init__ = shortened  # type: ignore[misc]


def command(output: Path, arguments: Sequence[str], manifest: object) -> None:
    """What the command line does, without its start; ends the process."""
    from dbt.cli.main import cli

    with output.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.close(0)
    cli.main(
        ["--no-use-colors", "--log-level-file", "none", *arguments],
        obj={"manifest": manifest, "callbacks": []},
    )


if __name__ == "__main__":
    serve(sys.argv[1:])
