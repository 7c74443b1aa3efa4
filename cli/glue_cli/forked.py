"""Work in copies of this process, which begin with everything that it has imported and read."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

from glue_lsp.work.command import absolute_entries

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import BaseContext

T = TypeVar("T")


def can_fork() -> bool:
    """Whether a copy of this process can go on from here: on Linux, while no second thread holds a lock."""
    return sys.platform == "linux" and threading.active_count() == 1


def begin(call: Callable[[], T]) -> Callable[[], T]:
    """Begin a call in a copy of this process; what is given back waits for its result, or raises what it raised.

    The call must leave nothing behind in this process, and its result must be picklable. Where there is no second
    processor, where no copy can be made, or where the copy ends without an answer, the call is made here
    when its result is asked for.
    """
    if not can_fork() or (os.cpu_count() or 1) < 2:
        return call
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(call, writing)
    os.close(writing)
    return partial(_result, call, child, reading)


def pool_context() -> BaseContext | None:
    """How the processes of a pool begin: as copies of this one where that can be, else as the platform does it.

    None where there shall be no pool: a process that Python 3.10 begins anew looks for modules in the working
    directory before all others, which is a project with files of any name.
    """
    from multiprocessing import get_context

    if can_fork():
        return get_context("fork")
    if sys.version_info < (3, 11):
        return None
    os.environ["PYTHONSAFEPATH"] = "1"
    if python_path := os.environ.get("PYTHONPATH"):
        os.environ["PYTHONPATH"] = absolute_entries(python_path)
    return get_context()


def _answer(call: Callable[[], T], writing: int) -> NoReturn:
    """End this process with the outcome of the call in the pipe; it has nothing else to clean up, flush or say."""
    status = 1
    try:
        try:
            outcome: tuple[T | None, Exception | None] = (call(), None)
        except Exception as error:  # noqa: BLE001 - handed to the process that asked
            outcome = (None, error)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(outcome, pipe, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


def _result(call: Callable[[], T], child: int, reading: int) -> T:
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        return call()
    value, error = pickle.loads(answer)  # noqa: S301 - our own copy wrote it
    if error is not None:
        raise error
    result: T = value
    return result
