"""Glue's session and statement operations, one by one, over the sessions of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import session_arn
from glue_endpoint.api.pages import paginate
from glue_endpoint.errors import EntityNotFoundException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.api.operations import Answer, Operation, Request
    from glue_endpoint.api.tags import Tags
    from glue_endpoint.sessions.sessions import Sessions


class SessionOperations:
    """Requests of the Glue API to `sessions`, whose tags are kept with those of all resources."""

    def __init__(self, sessions: Sessions, tags: Tags) -> None:
        self._sessions = sessions
        self._tags = tags

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation."""
        return {
            "CreateSession": self._create,
            "GetSession": lambda request: {"Session": self._sessions.get(request["Id"])},
            "ListSessions": self._list,
            "StopSession": self._stop,
            "DeleteSession": self._delete,
            "RunStatement": lambda request: {
                "Id": self._sessions.run_statement(request["SessionId"], request["Code"])
            },
            "GetStatement": lambda request: {
                "Statement": self._sessions.get_statement(request["SessionId"], request["Id"])
            },
            "ListStatements": self._list_statements,
            "CancelStatement": self._cancel_statement,
            "GetSecurityConfiguration": _get_security_configuration,
        }

    def _create(self, request: Request) -> Answer:
        answer = {"Session": self._sessions.create(request)}
        if request.get("Tags"):
            arn = session_arn(request["Id"])
            self._tags.tag({"ResourceArn": arn, "TagsToAdd": request["Tags"]})
        return answer

    def _list(self, request: Request) -> Answer:
        wanted = request.get("Tags", {}).items()
        found = [
            session
            for session in self._sessions.list()
            if wanted <= self._tags.of(session_arn(session["Id"])).items()
        ]
        page, token = paginate(found, request)
        return {"Ids": [session["Id"] for session in page], "Sessions": page, "NextToken": token}

    def _stop(self, request: Request) -> Answer:
        self._sessions.stop(request["Id"])
        return {"Id": request["Id"]}

    def _delete(self, request: Request) -> Answer:
        self._sessions.delete(request["Id"])
        self._tags.forget(session_arn(request["Id"]))
        return {"Id": request["Id"]}

    def _list_statements(self, request: Request) -> Answer:
        page, token = paginate(self._sessions.list_statements(request["SessionId"]), request)
        return {"Statements": page, "NextToken": token}

    def _cancel_statement(self, request: Request) -> Answer:
        self._sessions.cancel_statement(request["SessionId"], request["Id"])
        return {}


def _get_security_configuration(request: Request) -> Answer:
    raise EntityNotFoundException(f"Security Configuration {request['Name']} not found.")
