"""Glue's session and statement calls, with its errors told apart and no call made twice by accident."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError, SessionLost
from dbt.adapters.glue.faults import api_error, error_code, fault_of, said
from dbt.adapters.glue.sessions.polling import Pace, intervals
from dbt.adapters.glue.sessions.runs import ALIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dbt.adapters.glue.sessions.keys import Keys
    from dbt.adapters.glue.sessions.retries import Patience

__all__ = ["GONE", "GlueClient", "error_code"]

logger = AdapterLogger("Glue")

T = TypeVar("T")

GONE = frozenset({"EntityNotFoundException", "IllegalSessionStateException"})
NO_ROOM = frozenset({"ConcurrentRunsExceededException", "SessionBusyException"})
SUBMIT_PATIENCE = 300.0
"""Seconds for which a statement that Glue has no room for is offered again."""


class GlueClient:
    """The calls of one Glue. Of its clients `idempotent` makes calls again by itself, `once` never, `urgent` never waits long."""

    def __init__(
        self,
        idempotent: Any,
        once: Any,
        urgent: Any,
        patience: Patience,
        pace: Pace,
        keys: Keys | None = None,
    ) -> None:
        self.patience = patience
        self.pace = pace
        self._client = idempotent
        self._once = once
        self._urgent = urgent
        self._keys = keys

    def create_session(self, request: dict[str, Any]) -> None:
        """Raises GlueApiError; its code is AlreadyExistsException where the id is taken, by a lost first try perhaps."""
        self._call("CreateSession", lambda: self._client.create_session(**request))

    def get_session(self, session_id: str) -> dict[str, Any] | None:
        """The session as Glue describes it, or None where there is none. Any other error is raised."""
        try:
            answer = self._call("GetSession", lambda: self._quick.get_session(Id=session_id))
        except GlueApiError as error:
            if error.code == "EntityNotFoundException":
                return None
            raise
        session: dict[str, Any] = answer["Session"]
        return session

    def living_sessions(self) -> list[str]:
        """The ids of the account's sessions in which statements may be running."""
        ids: list[str] = []
        page: dict[str, Any] = {}
        while True:
            answer = self._call(
                "ListSessions",
                lambda page=page: self._client.list_sessions(**page),  # type: ignore[misc]
            )
            ids += [each["Id"] for each in answer.get("Sessions", ()) if each["Status"] in ALIVE]
            if not answer.get("NextToken"):
                return ids
            page = {"NextToken": answer["NextToken"]}

    def stop_session(self, session_id: str) -> None:
        self._call("StopSession", lambda: self._quick.stop_session(Id=session_id))

    def delete_session(self, session_id: str) -> bool:
        """Whether it is gone: one that another process has made anew meanwhile does not let itself be deleted."""
        try:
            self._call("DeleteSession", lambda: self._client.delete_session(Id=session_id))
        except GlueApiError as error:
            if error.code not in GONE:
                raise
            return error.code == "EntityNotFoundException"
        return True

    def get_statement(self, session_id: str, statement_id: int) -> dict[str, Any]:
        answer = self._call(
            "GetStatement",
            lambda: self._client.get_statement(SessionId=session_id, Id=statement_id),
        )
        statement: dict[str, Any] = answer["Statement"]
        return statement

    def cancel_statement(self, session_id: str, statement_id: int) -> None:
        self._call(
            "CancelStatement",
            lambda: self._quick.cancel_statement(SessionId=session_id, Id=statement_id),
        )

    def statements(self, session_id: str) -> Iterator[dict[str, Any]]:
        """The session's statements, those that have ended too."""
        token: str | None = None
        while True:
            page = {"NextToken": token} if token else {}
            answer = self._call(
                "ListStatements",
                lambda page=page: self._client.list_statements(SessionId=session_id, **page),  # type: ignore[misc]
            )
            yield from answer.get("Statements", ())
            token = answer.get("NextToken")
            if not token:
                return

    def run_statement(
        self,
        session_id: str,
        code: str,
        *,
        after: int = -1,
        interrupted: threading.Event | None = None,
    ) -> int:
        """The id of the statement, which Glue has taken exactly once.

        Where the answer got lost, the session's statements are searched for this code, above the id `after`, before
        it is sent again; a throttled call was not taken. Raises SessionLost where the session is no more, GlueApiError
        where Glue takes no statement for 5 minutes, or not before an interruption: of the fault `unclear` where it may
        have taken it, whatever it said last.
        """
        unclear: list[GlueApiError] = []
        try:
            return self._submit(
                session_id, code, after, interrupted or threading.Event(), unclear.append
            )
        except GlueApiError as error:
            if not unclear or error.fault == "unclear":
                raise
            both = f"{unclear[0].msg.rstrip('.')}. Then: {error.msg}"
            raise GlueApiError(both, error.code, fault="unclear") from error

    def _submit(
        self,
        session_id: str,
        code: str,
        after: int,
        interrupted: threading.Event,
        left_open: Callable[[GlueApiError], None],
    ) -> int:
        """Tells `left_open` of each try that Glue may have carried out."""
        began = time.monotonic()
        unclear = False
        for wait in intervals(5.0, first=0.1):
            if unclear:
                found = self._find_statement(session_id, code, after)
                if found is not None:
                    return found
            version = -1 if self._keys is None else self._keys.version
            try:
                answer = self._once.run_statement(SessionId=session_id, Code=code)
                if "Id" in answer:
                    return int(answer["Id"])
                failure = GlueApiError(
                    "Glue RunStatement failed: its answer was cut short", fault="unclear"
                )
            except (ClientError, BotoCoreError) as error:
                name, fault = error_code(error), fault_of(error)
                if name in GONE:
                    raise SessionLost(
                        f"Glue session {session_id} is no longer there: {said(error)}",
                        accepted=unclear,
                    ) from error
                failure = api_error("Glue RunStatement", error)
                failure.__cause__ = error
                if name in NO_ROOM:
                    fault = "throttled"
                if not fault or (fault == "expired" and not self._has_new_keys(version)):
                    raise failure from error
                if fault == "throttled":
                    self.pace.throttled()
            if failure.fault == "unclear":
                unclear = True
                left_open(failure)
            patience = SUBMIT_PATIENCE
            if failure.fault in ("unclear", "unreachable"):
                patience = self.patience.seconds(failure.fault)
            if time.monotonic() - began > patience or interrupted.wait(wait):
                found = self._find_statement(session_id, code, after) if unclear else None
                if found is None:
                    raise failure
                return found
            logger.debug(f"RunStatement was not taken ({failure.msg}); again")
        raise AssertionError("intervals never end")

    def _find_statement(self, session_id: str, code: str, after: int) -> int | None:
        found = [
            int(statement["Id"])
            for statement in self.statements(session_id)
            if str(statement.get("Code")).strip() == code.strip() and int(statement["Id"]) > after
        ]
        return max(found, default=None)

    def _has_new_keys(self, version: int) -> bool:
        if self._keys is None:
            return False
        return self._keys.renew(version) or self._keys.wait_for_new(
            self.patience.seconds("expired")
        )

    @property
    def _quick(self) -> Any:
        """The client of calls that an interrupted run still makes."""
        return self._urgent if self.patience.hurried else self._client

    def _call(self, operation: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except (ClientError, BotoCoreError) as error:
            raise api_error(f"Glue {operation}", error) from error
