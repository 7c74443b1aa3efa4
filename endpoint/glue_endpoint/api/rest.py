"""The REST-JSON protocol of AWS: an operation is a method and a path; its members are in path, query and body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from glue_endpoint.api.wire import find_operation, parse_request, read_json, service_model
from glue_endpoint.errors import ValidationException

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from glue_endpoint.api.auth import HttpRequest

_LABEL = re.compile(r"\{(\w+)\}")
_NUMBERS = ("integer", "long")
_LONGEST_NUMBER = 19
"""Digits of a long; CPython reads no more than some thousands."""


@dataclass(frozen=True)
class RestCall:
    """One call: its operation, its members as the model shapes them, and the status of its answer."""

    name: str
    model: OperationModel
    members: dict[str, Any]
    status: int


def rest_call(service: str, request: HttpRequest) -> RestCall | None:
    """The call that a request is; None where the service has no such operation.

    Raises GlueError for what its model does not allow.
    """
    path, _, query = request.path.partition("?")
    for method, pattern, name in _operations(service):
        found = pattern.fullmatch(path) if method == request.method else None
        if found is None:
            continue
        model = find_operation(service, name)
        assert model is not None  # noqa: S101 - the model's own name
        given = {**_body(request.body), **_queried(model.input_shape, query)}
        given.update({label: unquote(text) for label, text in found.groupdict().items()})
        status = model.http.get("responseCode", 200)
        return RestCall(name, model, parse_request(model.input_shape, given), status)
    return None


@cache
def _operations(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    model = service_model(service)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        # A label is one segment: a slash in a value is sent in its code.
        pattern = re.compile(_LABEL.sub(r"(?P<\1>[^/]+)", http["requestUri"].partition("?")[0]))
        found.append((http["method"], pattern, name))
    return found


def _body(body: bytes) -> dict[str, Any]:
    given = read_json(body)
    if not isinstance(given, dict):
        raise ValidationException("The request body is no JSON object.")
    return given


def _queried(shape: Any, query: str) -> dict[str, Any]:
    names = {
        member.serialization.get("name", name): (name, member.type_name)
        for name, member in (shape.members if shape else {}).items()
        if member.serialization.get("location") == "querystring"
    }
    found: dict[str, Any] = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        if key in names:
            name, kind = names[key]
            number = kind in _NUMBERS and text.isdecimal() and len(text) <= _LONGEST_NUMBER
            found[name] = int(text) if number else text
    return found
