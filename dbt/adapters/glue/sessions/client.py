"""Glue's session and statement calls, with its errors told apart and no call made twice by accident."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import GlueApiError, SessionLost
from dbt.adapters.glue.sessions.polling import intervals

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GlueClient", "error_code"]

logger = AdapterLogger("Glue")

T = TypeVar("T")

THROTTLED = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ConcurrentRunsExceededException",
        "SessionBusyException",
    }
)
GONE = frozenset({"EntityNotFoundException", "IllegalSessionStateException"})
SUBMIT_PATIENCE = 300.0
STOP_PATIENCE = 120.0
"""Seconds for which a statement that Glue has no room for is offered again."""


def error_code(error: Exception) -> str:
    """Glue's name of an error, or the class's."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


class GlueClient:
    """The calls of one Glue. `idempotent` retries by itself; `once` never does."""

    def __init__(self, idempotent: Any, once: Any) -> None:
        self._client = idempotent
        self._once = once

    def create_session(self, request: dict[str, Any]) -> None:
        """Raises GlueApiError; its code is AlreadyExistsException where the id is taken."""
        self._call("CreateSession", lambda: self._client.create_session(**request))

    def get_session(self, session_id: str) -> dict[str, Any] | None:
        """The session as Glue describes it, or None where there is none. Any other error is raised."""
        try:
            answer = self._call("GetSession", lambda: self._client.get_session(Id=session_id))
        except GlueApiError as error:
            if error.code == "EntityNotFoundException":
                return None
            raise
        session: dict[str, Any] = answer["Session"]
        return session

    def stop_session(self, session_id: str) -> None:
        """Stops a session. One that is still starting may refuse, and is asked again when it has started."""
        began = time.monotonic()
        for wait in intervals(5.0, first=0.2):
            try:
                self._call("StopSession", lambda: self._client.stop_session(Id=session_id))
            except GlueApiError as error:
                if error.code != "IllegalSessionStateException":
                    raise
                session = self.get_session(session_id)
                lives = session is not None and session["Status"] in ("PROVISIONING", "READY")
                if not lives or time.monotonic() - began > STOP_PATIENCE:
                    # Not by the code, which is that of a session that has ended as well.
                    raise GlueApiError(error.msg, "" if lives else error.code) from error
            else:
                return
            time.sleep(wait)

    def delete_session(self, session_id: str) -> None:
        self._call("DeleteSession", lambda: self._client.delete_session(Id=session_id))

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
            lambda: self._client.cancel_statement(SessionId=session_id, Id=statement_id),
        )

    def run_statement(self, session_id: str, code: str) -> int:
        """The id of the statement, which Glue has taken exactly once.

        Where the answer got lost, the session's statements are searched for this code before it is
        sent again; a throttled call was not taken. Raises SessionLost where the session is no more.
        """
        began = time.monotonic()
        for wait in intervals(5.0, first=0.1):
            try:
                return int(self._once.run_statement(SessionId=session_id, Code=code)["Id"])
            except ClientError as error:
                name = error_code(error)
                if name in GONE:
                    raise SessionLost(
                        f"Glue session {session_id} is no longer there: {_said(error)}",
                        accepted=False,
                    ) from error
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
                if name not in THROTTLED:
                    if status < 500:
                        raise _api_error("RunStatement", error) from error
                    found = self._find_statement(session_id, code)
                    if found is not None:
                        return found
                failure: Exception = error
            except (EndpointConnectionError, ConnectTimeoutError) as error:
                failure = error
            except NoCredentialsError as error:
                raise _api_error("RunStatement", error) from error
            except BotoCoreError as error:
                found = self._find_statement(session_id, code)
                if found is not None:
                    return found
                failure = error
            if time.monotonic() - began > SUBMIT_PATIENCE:
                raise _api_error("RunStatement", failure) from failure
            logger.debug(f"RunStatement was not taken ({failure}); again in {wait:.1f} s")
            time.sleep(wait)
        raise AssertionError("intervals never end")

    def _find_statement(self, session_id: str, code: str) -> int | None:
        token: str | None = None
        while True:
            page = {"NextToken": token} if token else {}
            answer = self._call(
                "ListStatements",
                lambda page=page: self._client.list_statements(SessionId=session_id, **page),  # type: ignore[misc]
            )
            for statement in answer.get("Statements", ()):
                if statement.get("Code") == code:
                    return int(statement["Id"])
            token = answer.get("NextToken")
            if not token:
                return None

    def _call(self, operation: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except (ClientError, BotoCoreError) as error:
            raise _api_error(operation, error) from error


def _api_error(operation: str, error: Exception) -> GlueApiError:
    code = error_code(error)
    advice = {
        "NoCredentialsError": "; give AWS credentials (aws configure, AWS_PROFILE, or `aws_profile_name` in the profile)",
        "AccessDeniedException": "; the caller's IAM policy must allow this call, and iam:PassRole for role_arn",
        "ResourceNumberLimitExceededException": "; the account's limit of sessions or DPUs is reached: use fewer threads, or ask for more",
        "ExpiredTokenException": "; the AWS credentials have expired: log in again",
        "UnrecognizedClientException": "; the AWS credentials are not valid for this endpoint",
    }.get(code, "")
    answer = error.response if isinstance(error, ClientError) else {}
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    refused = 400 <= status < 500
    return GlueApiError(f"Glue {operation} failed: {_said(error)}{advice}", code, refused=refused)


def _said(error: Exception) -> str:
    if isinstance(error, ClientError):
        body = error.response.get("Error", {})
        return f"{body.get('Code', 'error')}: {body.get('Message', '')}".strip(": ")
    return str(error)
