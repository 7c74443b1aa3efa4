"""dbt in a process that has imported it already and parsed the project once: a command in a second.

`Dbt` is the side that asks; the module run by itself is the process: JSON lines in, JSON lines out.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.faults import READ_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Dbt", "Ended"]

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a command ended. `code`: dbt's exit code, None where it did not end in time. `said`: from level info on."""

    code: int | None
    said: str
    seconds: float


class Dbt:
    """A warm dbt for one project. A command that does not end in time is killed with its process."""

    def __init__(self, place: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self._place, self._env, self._log = list(place), dict(env), log
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()

    def run(self, arguments: Sequence[str], within: float = 120.0) -> Ended:
        """`within`: seconds."""
        began = time.monotonic()
        process = self._process or self._start()
        assert process.stdin is not None
        process.stdin.write(json.dumps(list(arguments)) + "\n")
        process.stdin.flush()
        try:
            line = self._answers.get(timeout=within)
        except queue.Empty:
            self.kill()
            return Ended(None, f"did not end within {within:.0f} s", within)
        seconds = time.monotonic() - began
        if line is None:
            self._process = None
            return Ended(-1, f"dbt's process died; see {self._log}", seconds)
        answer = json.loads(line)
        return Ended(answer["code"], answer["said"], seconds)

    @property
    def pid(self) -> int:
        return (self._process or self._start()).pid

    def kill_from_outside(self) -> None:
        """As `kill -9` does: whoever waits for the command hears that it died."""
        if self._process is not None:
            self._process.kill()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, *self._place],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, **self._env},
            )  # fmt: skip
        answers = self._answers = queue.Queue()

        def listen() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                answers.put(line)
            answers.put(None)

        threading.Thread(target=listen, daemon=True).start()
        self._process = process
        return process


def serve(place: Sequence[str]) -> None:
    """Reads a command's arguments a line, runs it, and answers with a line."""
    from botocore.config import Config
    from dbt.cli.main import dbtRunner

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints, prints into the log
    # A setting of boto3's, so that an unanswered call does not take a minute of each test.
    Config.OPTION_DEFAULTS["read_timeout"] = READ_TIMEOUT
    manifest = dbtRunner().invoke(["--quiet", "parse", *place]).result
    # As at the end of a process: what its modules promised to do then.
    at_exit = [function for function in (_stop_everything(),) if function]
    for line in sys.stdin:
        said: list[str] = []

        def hear(event: object, said: list[str] = said) -> None:
            info = event.info  # type: ignore[attr-defined]
            if str(info.level) != "debug":
                said.append(str(info.msg))

        done = dbtRunner(manifest=manifest, callbacks=[hear]).invoke(
            ["--log-level-file", "none", *json.loads(line)]
        )
        if done.exception is not None:
            said.append(f"{type(done.exception).__name__}: {done.exception}")
        for function in at_exit:
            function()
        code = 0 if done.success else 1 if done.exception is None else 2
        answers.write(json.dumps({"code": code, "said": "\n".join(said)}) + "\n")
        answers.flush()


def _stop_everything():  # type: ignore[no-untyped-def]
    from dbt.adapters.glue.sessions import pool

    return getattr(pool, "_stop_everything", None)


if __name__ == "__main__":
    serve(sys.argv[1:])
