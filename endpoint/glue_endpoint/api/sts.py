"""The two STS operations that Glue clients call: who am I, and let me be that role."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from glue_endpoint.account import ACCOUNT, SESSION_ROLE_ARN, USER_ARN
from glue_endpoint.api.operations import permit_all
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.wire import find_operation, parse_request
from glue_endpoint.errors import (
    AccessDeniedException,
    GlueError,
    InvalidInputException,
    ValidationException,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.auth import Caller, Credentials, HttpRequest
    from glue_endpoint.api.operations import Authorize

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


class Sts:
    """AWS STS for the endpoint's own keys (the Query protocol: form in, XML out)."""

    def __init__(
        self,
        credentials: Credentials,
        authorize: Authorize = permit_all,
        tell: Callable[[str, str, str], None] = lambda _key, _role, _session: None,
    ) -> None:
        """`tell` is told of keys that are given out: their id, the role's ARN and the ARN of its session."""
        self._credentials = credentials
        self._authorize = authorize
        self._tell = tell
        self._assumed: dict[str, str] = {}

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answers GetCallerIdentity and AssumeRole; other actions are an error that names them."""
        form = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        action = form.get("Action", "")
        try:
            self._authorize(caller.access_key_id, action, form)
            if action == "GetCallerIdentity":
                result = self._get_caller_identity(caller)
            elif action == "AssumeRole":
                result = self._assume_role(form)
            else:
                raise InvalidInputException(
                    f"The embedded endpoint serves GetCallerIdentity and AssumeRole of STS, "
                    f"not {action!r}."
                )
        except AccessDeniedException as error:
            return self.error("AccessDenied", error.message, 403)
        except GlueError as error:
            invalid = isinstance(error, ValidationException)
            code = "ValidationError" if invalid else "InvalidParameterValue"
            return self.error(code, error.message, 400)
        body = f"<{action}Result>{_xml(result)}</{action}Result>"
        return _document(f"{action}Response", body, 200)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An STS error document."""
        fault = "Sender" if status < 500 else "Receiver"
        detail = _xml({"Error": {"Type": fault, "Code": code, "Message": message}})
        return _document("ErrorResponse", detail, status)

    def _get_caller_identity(self, caller: Caller) -> dict[str, Any]:
        key = caller.access_key_id
        known = self._assumed.get(key, SESSION_ROLE_ARN)
        return {
            "Arn": known if key.startswith("ASIA") else USER_ARN,
            "UserId": caller.access_key_id,
            "Account": ACCOUNT,
        }

    def _assume_role(self, form: dict[str, str]) -> dict[str, Any]:
        operation = find_operation("sts", "AssumeRole")
        assert operation is not None  # noqa: S101 - botocore ships the operation
        members = operation.input_shape.members
        scalars: dict[str, Any] = {
            name: value
            for name, value in form.items()
            if name in members and members[name].type_name == "string"
        }
        try:
            scalars["DurationSeconds"] = int(form.get("DurationSeconds", "3600"))
        except ValueError:
            raise InvalidInputException("DurationSeconds must be a number of seconds.") from None
        parameters = parse_request(operation.input_shape, scalars)
        lifetime = timedelta(seconds=parameters["DurationSeconds"])
        assumed = self._credentials.assume()
        role, session = parameters["RoleArn"].rsplit("/", 1)[-1], parameters["RoleSessionName"]
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"
        self._assumed[assumed.access_key_id] = arn
        self._tell(assumed.access_key_id, parameters["RoleArn"], arn)
        return {
            "Credentials": {
                "AccessKeyId": assumed.access_key_id,
                "SecretAccessKey": assumed.secret_access_key,
                "SessionToken": f"{assumed.access_key_id}/{session}",
                # As AWS says it; here the keys work as long as the endpoint's process lives.
                "Expiration": (datetime.now(timezone.utc) + lifetime).strftime(
                    "%Y-%m-%dT%H:%M:%SZ"
                ),
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"{assumed.access_key_id}:{session}",
                "Arn": arn,
            },
        }


def _document(root: str, body: str, status: int) -> HttpResponse:
    text = f'<{root} xmlns="{_NAMESPACE}">{body}</{root}>'
    return HttpResponse(status, text.encode(), "text/xml")


def _xml(value: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_xml(item) if isinstance(item, dict) else escape(str(item))}</{name}>"
        for name, item in value.items()
    )
