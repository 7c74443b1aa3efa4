"""How sessions are stopped, so that none stays that costs money; where one has to stay, it is said until when."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["end_session"]

logger = AdapterLogger("Glue")

PATIENCE = 60.0
"""Seconds for a session that cannot be stopped yet, as it is about to start."""
HURRIED = 4.0
AGAIN = 0.3


def end_session(
    client: GlueClient, session_id: str, idle_timeout: int, is_coming: Callable[[], bool]
) -> bool:
    """Stops a session; whether it has ended or will. Never raises an error of Glue.

    `is_coming` tells that CreateSession has not been answered yet: the session may not be there to be stopped.
    """
    began = time.monotonic()
    while True:
        why = "Glue does not know it, and has not answered CreateSession"
        try:
            client.stop_session(session_id)
        except GlueApiError as error:
            if error.code == "EntityNotFoundException":
                if not is_coming():
                    return True
            elif error.code == "IllegalSessionStateException":
                if not _is_starting(client, session_id):
                    return True
                why = error.msg
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


def _is_starting(client: GlueClient, session_id: str) -> bool:
    """Whether a session that refuses to be stopped is one that starts, and not one that has ended."""
    try:
        session = client.get_session(session_id)
    except GlueApiError:
        return True
    return session is not None and session["Status"] in ("PROVISIONING", "READY")


def _left(session_id: str, idle_timeout: int, why: str) -> bool:
    logger.warning(
        f"Could not stop Glue session {session_id}, which costs money until {idle_timeout} min after its last "
        f"statement (idle_timeout): {why}. Next: aws glue stop-session --id {session_id}"
    )
    return False
