"""What can go wrong with a session or a statement, as people should read it."""

from __future__ import annotations

from dbt_common.exceptions import DbtDatabaseError, DbtRuntimeError

__all__ = [
    "AnswerCut",
    "GlueApiError",
    "SessionBusy",
    "SessionLost",
    "SessionStartError",
    "StatementCancelled",
    "StatementFailed",
    "StatementTimeout",
]


class GlueApiError(DbtRuntimeError):
    """Glue refused a call, or could not be reached. `code` is Glue's name for it.

    `refused` tells that Glue answered and did nothing: not so where the answer got lost on the way.
    `fault` is what kind of error it is (faults.py), empty for one that will not pass.
    """

    def __init__(
        self, message: str, code: str = "", *, refused: bool = False, fault: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.refused = refused
        self.fault = fault


class SessionBusy(DbtRuntimeError):
    """A kept session is at work for another process."""


class SessionStartError(DbtRuntimeError):
    """A session did not become ready."""


class SessionLost(DbtRuntimeError):
    """The session ended while it was needed. `accepted`: whether Glue had taken the statement."""

    def __init__(self, message: str, *, accepted: bool) -> None:
        super().__init__(message)
        self.accepted = accepted


class StatementCancelled(DbtRuntimeError):
    """The statement was cancelled before it ended."""


class StatementTimeout(DbtRuntimeError):
    """The statement took longer than the profile allows and was cancelled."""


class StatementFailed(DbtDatabaseError):
    """Spark, or the code in the session, raised an error."""


class AnswerCut(StatementFailed):
    """What a statement printed arrived incomplete: it ran, and only its answer is missing."""
