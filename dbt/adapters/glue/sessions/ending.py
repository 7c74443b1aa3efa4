"""How sessions are stopped, so that none stays that costs money; where one has to stay, it is said until when."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["Made"]

logger = AdapterLogger("Glue")

PATIENCE = 60.0
"""Seconds for a session that cannot be stopped yet, as it is about to start."""
HURRIED = 4.0
AGAIN = 0.3
COMES_WITHIN = 30.0
"""Seconds in which a session may still come to be whose CreateSession nobody answered, from the last try."""
# Which of them Glue gives for a session that it does not know, its documentation leaves open.
_NOT_NOW = ("EntityNotFoundException", "IllegalSessionStateException", "InvalidInputException")


class Made:
    """The sessions that a process had Glue make, and has to stop."""

    def __init__(self, client: GlueClient, idle_timeout: int) -> None:
        self.ids: list[str] = []
        self._client = client
        self._idle_timeout = idle_timeout
        self._coming: dict[str, float] = {}

    @contextmanager
    def making(self, session_id: str) -> Iterator[None]:
        """Around the call: whatever becomes of its answer, there may be a session that costs money."""
        self._coming[session_id] = float("inf")
        self.ids.append(session_id)
        try:
            yield
        except BaseException:
            self._coming[session_id] = time.monotonic() + COMES_WITHIN
            raise
        del self._coming[session_id]

    def forget(self, session_id: str | None) -> None:
        """One that has ended, or is not this process's."""
        if session_id in self.ids:
            self.ids.remove(session_id)

    def stop(self, other: str | None = None, *, at_last: bool = False) -> bool:
        """Stops all, and another one; whether none is left to be stopped by a next call.

        Where nobody answered CreateSession, that is one which is not there but may yet come; `at_last` waits for it.
        """
        doomed = [*self.ids] if other is None else list(dict.fromkeys([*self.ids, other]))
        left = False
        for session_id in doomed:

            def is_coming(session_id: str = session_id) -> bool:
                until = self._coming.get(session_id, 0.0)
                return time.monotonic() < until and (at_last or until == float("inf"))

            ended = end_session(self._client, session_id, self._idle_timeout, is_coming)
            may_come = time.monotonic() < self._coming.get(session_id, 0.0)
            if ended is False or (ended is None and may_come):
                left = True
            else:
                self.forget(session_id)
        return not left


def end_session(
    client: GlueClient, session_id: str, idle_timeout: int, is_coming: Callable[[], bool]
) -> bool | None:
    """Stops a session; whether it has ended or will, None where Glue does not know it. Never raises an error of Glue.

    `is_coming` tells that CreateSession has not been answered: the session may not be there to be stopped.
    """
    began = time.monotonic()
    while True:
        why = "Glue does not know it, and has not answered CreateSession"
        coming = is_coming()  # asked first: it may come between the two answers
        try:
            client.stop_session(session_id)
        except GlueApiError as error:
            if error.code in _NOT_NOW:
                status = _status(client, session_id, error)
                if status == "" and not coming:
                    return None
                if status not in ("", "PROVISIONING", "READY"):
                    return True
                why = error.msg if status else why
            else:
                why = error.msg
                if not error.fault or not client.patience.hurried:
                    return _left(session_id, idle_timeout, why)
        else:
            logger.info(f"Stopped Glue session {session_id}")
            return True
        if time.monotonic() - began > (HURRIED if client.patience.hurried else PATIENCE):
            return _left(session_id, idle_timeout, why)
        time.sleep(AGAIN)


def _status(client: GlueClient, session_id: str, refusal: GlueApiError) -> str:
    """Of a session that refuses to be stopped, as one does that starts or has ended; empty where there is none."""
    if refusal.code == "EntityNotFoundException":
        return ""
    try:
        session = client.get_session(session_id)
    except GlueApiError:
        return "PROVISIONING"  # for all that is known
    return "" if session is None else str(session["Status"])


def _left(session_id: str, idle_timeout: int, why: str) -> bool:
    logger.warning(
        f"Could not stop Glue session {session_id}, which costs money until {idle_timeout} min after its last "
        f"statement (idle_timeout): {why}. Next: aws glue stop-session --id {session_id}"
    )
    return False
