"""Starts workers (worker.py) by forking: a process that has imported PySpark, once for all of them.

Started as a script with the Python of a Spark; its argument is the descriptor of a socket. A byte on
it, with the descriptors of a request pipe, an event pipe and a log, asks for a worker; the answers
are JSON, an object per line:

    -> a byte and three descriptors   <- {"started": process id}
                                      <- {"ended": process id, "code": as of subprocess.Popen}

It has one thread, knows no JVM and no session: a worker inherits imported modules and nothing else.
It ends when the socket closes; so do its workers, each with its own pipe.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any

DESCRIPTORS = 3


class ForkServer:
    """Forks on request, and tells of the children that have ended."""

    def __init__(self, control: socket.socket, worker: Any) -> None:
        self._control = control
        self._worker = worker
        self._woken, self._wake = os.pipe()

    def serve(self) -> None:
        """Take requests until the socket closes."""
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # ignored, it would wake nobody
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._tell_ended()
            if self._control in ready:
                request, descriptors, _, _ = socket.recv_fds(self._control, 1, DESCRIPTORS)
                if not request:
                    return
                self._start(*descriptors)

    def _start(self, requests: int, events: int, log: int) -> None:
        process = os.fork()
        if process == 0:
            self._work(requests, events, log)
        for descriptor in (requests, events, log):
            os.close(descriptor)
        self._tell(started=process)

    def _work(self, requests: int, events: int, log: int) -> None:
        """Be a worker, to the end of the process."""
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            for descriptor in (self._woken, self._wake):
                os.close(descriptor)
            for standard in (1, 2):
                os.dup2(log, standard)
            os.close(log)
            self._worker.serve(requests, events)
        except BaseException:  # noqa: BLE001  for the log; the exit code says that it failed
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(1)

    def _tell_ended(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                process, status = os.waitpid(-1, os.WNOHANG)
                if process == 0:
                    return
                self._tell(ended=process, code=os.waitstatus_to_exitcode(status))

    def _tell(self, **answer: int) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more: the next read says so
            self._control.sendall(json.dumps(answer).encode() + b"\n")


def _load_worker() -> Any:
    """worker.py as a module that no import of the user's finds."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")  # noqa: PTH100, PTH118, PTH120
    spec = importlib.util.spec_from_file_location("glue_endpoint_worker", place)
    if spec is None or spec.loader is None:
        raise ImportError(place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Serve on the socket whose descriptor is the argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    worker = _load_worker()
    worker.set_import_path()
    import pyspark.sql  # noqa: F401

    gc.freeze()  # what all share is never looked at, and so never copied
    ForkServer(control, worker).serve()


if __name__ == "__main__":
    main()
