"""The fork server (fork_server.py) as the endpoint sees it: ask for workers, hear when they end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCRIPT = Path(__file__).with_name("fork_server.py")
_PATIENCE = 60.0
"""Seconds that a worker may take to be there: the first one waits for the import of PySpark."""


class Forked:
    """A process that the fork server started; `pid`, `wait` and `poll` are those of subprocess.Popen."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pid: int | None = None
        self._code: int | None = None

    @property
    def pid(self) -> int:
        """Waits for the process to be there. Raises OSError if there will be none."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._pid is not None or self._code is not None, _PATIENCE
            )
            if self._pid is None:
                raise ChildProcessError("the process that starts sessions has ended")
            return self._pid

    def wait(self) -> int:
        """The exit code, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._code is not None)
            assert self._code is not None  # noqa: S101 - narrows the type
            return self._code

    def poll(self) -> int | None:
        return self._code

    def started(self, pid: int) -> None:
        with self._changed:
            self._pid = pid
            self._changed.notify_all()

    def ended(self, code: int) -> None:
        with self._changed:
            self._code = code
            self._changed.notify_all()


class ForkServer:
    """One fork server. It starts at once, and forks as soon as it has imported PySpark."""

    @staticmethod
    def usable() -> bool:
        """Whether forking is safe here: on macOS, libraries of the system do not survive it."""
        return sys.platform == "linux"

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        """Raises OSError when it cannot be started."""
        self._lock = threading.Lock()
        self._starting: deque[Forked] = deque()
        self._running: dict[int, Forked] = {}
        self._socket, theirs = socket.socketpair()
        with theirs, log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(_SCRIPT), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        threading.Thread(target=self._read, name="fork-server", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def start(self, requests: int, events: int, log: int) -> Forked:
        """Ask for a worker with these pipes and this log, which stay the caller's too. Raises OSError."""
        forked = Forked()
        with self._lock:
            socket.send_fds(self._socket, [b"+"], [requests, events, log])
            self._starting.append(forked)
        return forked

    def close(self) -> None:
        """End the server; its workers end with their pipes."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile("r", encoding="utf-8") as answers:
            for line in answers:
                answer = json.loads(line)
                with self._lock:
                    if "started" in answer:
                        forked = self._starting.popleft()
                        self._running[answer["started"]] = forked
                        forked.started(answer["started"])
                    else:
                        self._running.pop(answer["ended"]).ended(answer["code"])
        self._end_all()

    def _end_all(self) -> None:
        """Without their parent nobody would hear how workers end: they end with it."""
        with self._lock:
            self._socket.close()
            for pid in self._running:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            for forked in (*self._running.values(), *self._starting):
                forked.ended(-signal.SIGKILL)
            self._running.clear()
            self._starting.clear()
        self.process.wait()
