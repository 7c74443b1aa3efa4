"""The Glue API, operation by operation: which part of the endpoint answers it, and with what.

`GlueService` speaks the protocol (AWS JSON 1.1: the operation in `X-Amz-Target`); `operations`
is the table of everything served. What Glue has and this endpoint has not is an error that says so.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.endpoint.errors import (
    EntityNotFoundException,
    GlueError,
    InvalidInputException,
    OperationNotSupportedException,
    ValidationException,
)
from dbt.adapters.glue.endpoint.pages import paginate
from dbt.adapters.glue.endpoint.server import HttpResponse
from dbt.adapters.glue.endpoint.sts import ACCOUNT
from dbt.adapters.glue.endpoint.wire import find_operation, parse_request, serialize_response

if TYPE_CHECKING:
    from dbt.adapters.glue.endpoint.auth import Caller, HttpRequest
    from dbt.adapters.glue.endpoint.catalog import Catalog
    from dbt.adapters.glue.endpoint.sessions import Sessions

REGION = "us-east-1"
_TARGET = "AWSGlue."
Request = dict[str, Any]
Answer = dict[str, Any]
Operation = Callable[[Request], Answer]


class UnknownOperationException(GlueError):
    """Glue itself has no operation of this name."""


class GlueService:
    """AWS Glue over `operations`, a table of operation name to function."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = operations

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG002
        """Answers one operation."""
        try:
            return HttpResponse.of_json(self._answer(request))
        except GlueError as error:
            return self.error(error.code, error.message, error.status)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error of the JSON 1.1 protocol."""
        return HttpResponse.of_error(code, message, status)

    def _answer(self, request: HttpRequest) -> Answer:
        target = request.headers.get("x-amz-target", "")
        name = target.removeprefix(_TARGET)
        model = find_operation("glue", name) if target.startswith(_TARGET) else None
        if model is None:
            raise UnknownOperationException(f"Glue has no operation {target!r}.")
        operation = self._operations.get(name)
        if operation is None:
            raise OperationNotSupportedException(
                f"The embedded Glue endpoint does not implement {name}. It serves interactive "
                "sessions, the Data Catalog's databases, tables and partitions, and tags."
            )
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            raise ValidationException("The request body is not JSON.") from None
        return serialize_response(
            model.output_shape, operation(parse_request(model.input_shape, body))
        )


class Tags:
    """Tags of any Glue resource by ARN, kept in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tags: dict[str, dict[str, str]] = {}

    def get(self, request: Request) -> Answer:
        """GetTags."""
        with self._lock:
            return {"Tags": dict(self._tags.get(request["ResourceArn"], {}))}

    def tag(self, request: Request) -> Answer:
        """TagResource; at most 50 tags per resource, as in Glue."""
        with self._lock:
            tags = {**self._tags.get(request["ResourceArn"], {}), **request["TagsToAdd"]}
            if len(tags) > 50:
                raise InvalidInputException("A resource has at most 50 tags.")
            self._tags[request["ResourceArn"]] = tags
        return {}

    def untag(self, request: Request) -> Answer:
        """UntagResource; keys that are not there are no error."""
        with self._lock:
            tags = self._tags.get(request["ResourceArn"], {})
            for key in request["TagsToRemove"]:
                tags.pop(key, None)
        return {}

    def forget(self, arn: str) -> None:
        """Drops the tags of a resource that is gone."""
        with self._lock:
            self._tags.pop(arn, None)


def glue_operations(sessions: Sessions, catalog: Catalog) -> dict[str, Operation]:
    """Every Glue operation that the endpoint serves."""
    tags = Tags()
    return {
        **_session_operations(sessions, tags),
        **catalog.operations(),
        "GetTags": tags.get,
        "TagResource": tags.tag,
        "UntagResource": tags.untag,
        "GetSecurityConfiguration": _get_security_configuration,
    }


def _session_operations(sessions: Sessions, tags: Tags) -> dict[str, Operation]:
    def create(request: Request) -> Answer:
        answer = {"Session": sessions.create(request)}
        if request.get("Tags"):
            tags.tag({"ResourceArn": _session_arn(request["Id"]), "TagsToAdd": request["Tags"]})
        return answer

    def delete(request: Request) -> Answer:
        sessions.delete(request["Id"])
        tags.forget(_session_arn(request["Id"]))
        return {"Id": request["Id"]}

    def stop(request: Request) -> Answer:
        sessions.stop(request["Id"])
        return {"Id": request["Id"]}

    def list_sessions(request: Request) -> Answer:
        wanted = request.get("Tags", {}).items()
        found = [
            session
            for session in sessions.list()
            if wanted <= tags.get({"ResourceArn": _session_arn(session["Id"])})["Tags"].items()
        ]
        page, token = paginate(found, request)
        return {"Ids": [session["Id"] for session in page], "Sessions": page, "NextToken": token}

    def list_statements(request: Request) -> Answer:
        page, token = paginate(sessions.list_statements(request["SessionId"]), request)
        return {"Statements": page, "NextToken": token}

    def cancel(request: Request) -> Answer:
        sessions.cancel_statement(request["SessionId"], request["Id"])
        return {}

    return {
        "CreateSession": create,
        "GetSession": lambda request: {"Session": sessions.get(request["Id"])},
        "ListSessions": list_sessions,
        "StopSession": stop,
        "DeleteSession": delete,
        "RunStatement": lambda request: {
            "Id": sessions.run_statement(request["SessionId"], request["Code"])
        },
        "GetStatement": lambda request: {
            "Statement": sessions.get_statement(request["SessionId"], request["Id"])
        },
        "ListStatements": list_statements,
        "CancelStatement": cancel,
    }


def _session_arn(session_id: str) -> str:
    return f"arn:aws:glue:{REGION}:{ACCOUNT}:session/{session_id}"


def _get_security_configuration(request: Request) -> Answer:
    raise EntityNotFoundException(f"Security Configuration {request['Name']} not found.")
