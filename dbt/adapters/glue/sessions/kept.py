"""Kept sessions (`glue_session_reuse`): who uses one, and what becomes of statements of a dead process.

A run has a session for itself, also between two of its statements: views, imported modules and results stay in it for
the next one. Each statement says in a comment which process sent it: the machine, the process id, when that process
began, and the word of its run (runs.py).
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError, SessionBusy
from dbt.adapters.glue.sessions.client import GONE
from dbt.adapters.glue.sessions.polling import intervals
from dbt.adapters.glue.sessions.runs import dead_runs

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["is_others", "marked", "stay_alone", "take_over"]

logger = AdapterLogger("Glue")

ACTIVE = frozenset({"WAITING", "RUNNING", "CANCELLING"})
CANCEL_PATIENCE = 20.0
_MARK = re.compile(r"\n# dbt-glue-python (\w{16}) (\d+) (\w+)(?: (\w+))?\s*\Z")


def marked(code: str, word: str) -> str:
    """The code of a statement with the mark of this process, and of its run."""
    mark = f"{_machine()} {os.getpid()} {_began(os.getpid())} {word}"
    return f"{code.rstrip()}\n# dbt-glue-python {mark}\n"


def is_others(statement: dict[str, Any]) -> bool:
    """Whether a statement has not ended and is not of this process, or is of another run that is at work."""
    if statement.get("State") in ACTIVE:
        return not _is_own(_mark_of(statement))
    return _is_in_use(statement)


def take_over(client: GlueClient, session_id: str, interrupted: threading.Event) -> int:
    """Makes sure that a kept session is free; the id of its last statement.

    Statements of a run that has ended, such as of a process of this machine that has died, are cancelled. Raises
    SessionBusy where another run is at work in the session, where a statement runs of which nobody knows whose it is, and
    where one does not let itself be cancelled.
    """
    last = -1
    asked = False
    began = time.monotonic()
    for wait in intervals(2.0, first=0.1):
        found = list(_statements(client, session_id))
        last = max([last, *(int(each["Id"]) for each in found)])
        active = [each for each in found if each.get("State") in ACTIVE]
        ended = [each for each in found if each.get("State") not in ACTIVE]
        if any(map(_is_in_use, ended)) or not all(map(_is_of_the_dead, active)):
            raise _at_work(session_id)
        if not active:
            return last
        if not asked:
            asked = True
            logger.info(
                f"Glue session {session_id} is at work for a dbt that was killed: cancelling that"
            )
            for each in reversed(active):
                _cancel(client, session_id, int(each["Id"]))
        if time.monotonic() - began > CANCEL_PATIENCE or interrupted.wait(wait):
            raise SessionBusy(
                f"Glue session {session_id} does not end the statement of a dbt that was killed"
            )
    raise AssertionError("intervals never end")


def stay_alone(client: GlueClient, session_id: str, first: int) -> None:
    """Raises SessionBusy where another run has begun in a session that both found free: with a statement before `first`.

    `first` is this process's first one, so that of any number of runs one stays.
    """
    for each in _statements(client, session_id):
        if int(each["Id"]) < first and is_others(each):
            raise _at_work(session_id)


def _at_work(session_id: str) -> SessionBusy:
    return SessionBusy(f"Glue session {session_id} is at work for another process")


def _statements(client: GlueClient, session_id: str) -> Iterator[dict[str, Any]]:
    """Raises SessionBusy where the session has just ended."""
    try:
        yield from client.statements(session_id)
    except GlueApiError as error:
        if error.code not in GONE:
            raise
        raise SessionBusy(f"Glue session {session_id} cannot be used: {error.msg}") from error


def _cancel(client: GlueClient, session_id: str, statement_id: int) -> None:
    try:
        client.cancel_statement(session_id, statement_id)
    except GlueApiError as error:
        logger.debug(f"Could not cancel statement {session_id}/{statement_id}: {error.msg}")


def _mark_of(statement: dict[str, Any]) -> re.Match[str] | None:
    return _MARK.search(str(statement.get("Code") or ""))


def _is_own(mark: re.Match[str] | None) -> bool:
    return mark is not None and mark[1] == _machine() and int(mark[2]) == os.getpid()


def _is_in_use(statement: dict[str, Any]) -> bool:
    """Whether a session in which this statement has ended is known to be used by its run, which is another one."""
    mark = _mark_of(statement)
    return mark is not None and not _is_own(mark) and _has_ended(mark) is False


def _is_of_the_dead(statement: dict[str, Any]) -> bool:
    mark = _mark_of(statement)
    return mark is not None and not _is_own(mark) and _has_ended(mark) is True


def _has_ended(mark: re.Match[str]) -> bool | None:
    """Whether the run has ended that sent a statement; None where that is not known here.

    Its file tells, on this machine. Else its process does, where the machine has a name that no other has.
    """
    word = mark[4] or ""
    ended = dead_runs({word}, tuple)[word]
    if ended is not None:
        return ended
    if mark[1] != _machine() or not _boot():
        return None
    return not _is_alive(int(mark[2]), mark[3])


def _is_alive(process: int, began: str) -> bool:
    """Whether a process of this machine lives that began then; True where that cannot be known."""
    if sys.platform == "win32":  # signal 0 would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (
        OSError
    ):  # another user's, and its number may have come again; when it began may be hidden
        return _began(process) in (began, "0")
    return _began(process) == began


def _began(process: int) -> str:
    """When a process began, as Linux counts it: numbers of processes come again. `0` elsewhere, `dead` for one that is.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    fields = _text(f"/proc/{process}/stat").rpartition(")")[2].split()
    if len(fields) < 20:
        return "0"
    return "dead" if fields[0] in "ZX" else fields[19]


@lru_cache(maxsize=1)
def _machine() -> str:
    """A word for this machine since it was started, and for the container: in each, numbers of processes are others."""
    parts = [socket.gethostname(), _boot()]
    try:
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        parts.append("")
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _boot() -> str:
    """A word for each start of a machine; empty where there is none, as without /proc."""
    return _text("/proc/sys/kernel/random/boot_id")


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
