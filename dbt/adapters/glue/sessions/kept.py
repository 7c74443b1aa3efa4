"""Kept sessions (`glue_session_reuse`): whose statements still run in one, and what becomes of those of a dead process.

Each statement says in a comment which process sent it: the machine, the process id and when that process began.
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
from dbt.adapters.glue.sessions.polling import intervals

if TYPE_CHECKING:
    import threading

    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["is_others", "marked", "take_over"]

logger = AdapterLogger("Glue")

ACTIVE = frozenset({"WAITING", "RUNNING", "CANCELLING"})
CANCEL_PATIENCE = 20.0
_MARK = re.compile(r"\n# dbt-glue-python (\w{16}) (\d+) (\w+)\s*\Z")


def marked(code: str) -> str:
    """The code of a statement with the mark of this process."""
    return f"{code.rstrip()}\n# dbt-glue-python {_machine()} {os.getpid()} {_began(os.getpid())}\n"


def is_others(statement: dict[str, Any]) -> bool:
    """Whether a statement that has not ended is not of this process."""
    found = _MARK.search(str(statement.get("Code") or ""))
    own = found is not None and found[1] == _machine() and int(found[2]) == os.getpid()
    return statement.get("State") in ACTIVE and not own


def take_over(client: GlueClient, session_id: str, interrupted: threading.Event) -> int:
    """Makes sure that a kept session is free; the id of its last statement.

    Statements of a process of this machine that has died are cancelled. Raises SessionBusy where others run, whose
    process lives or is not known, and where one does not let itself be cancelled.
    """
    last = -1
    asked = False
    began = time.monotonic()
    for wait in intervals(2.0, first=0.1):
        try:
            found = list(client.statements(session_id))
        except GlueApiError as error:
            if not error.refused:
                raise
            raise SessionBusy(f"Glue session {session_id} cannot be used: {error.msg}") from error
        last = max([last, *(int(each["Id"]) for each in found)])
        active = [each for each in found if each.get("State") in ACTIVE]
        if not active:
            return last
        if not all(_is_of_the_dead(each) for each in active):
            raise SessionBusy(f"Glue session {session_id} is at work for another process")
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


def _cancel(client: GlueClient, session_id: str, statement_id: int) -> None:
    try:
        client.cancel_statement(session_id, statement_id)
    except GlueApiError as error:
        logger.debug(f"Could not cancel statement {session_id}/{statement_id}: {error.msg}")


def _is_of_the_dead(statement: dict[str, Any]) -> bool:
    found = _MARK.search(str(statement.get("Code") or ""))
    if found is None or found[1] != _machine():
        return False
    return not _is_alive(int(found[2]), found[3])


def _is_alive(process: int, began: str) -> bool:
    """Whether a process of this machine lives that began then; True where that cannot be known."""
    if sys.platform == "win32":  # signal 0 would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
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
    parts = [socket.gethostname(), _text("/proc/sys/kernel/random/boot_id")]
    try:
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        parts.append("")
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
