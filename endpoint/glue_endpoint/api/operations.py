"""AWS Glue over HTTP (AWS JSON 1.1: the operation in `X-Amz-Target`), for whatever parts answer it.

A part of the endpoint (sessions, catalog, tags) is known here by its table of operations alone. What
Glue has and no part has is an error that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from glue_endpoint.api.quotas import asking, caller_of
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.wire import find_operation, parse_request, read_json, serialize_response
from glue_endpoint.errors import GlueError, OperationNotSupportedException

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from glue_endpoint.api.auth import Caller, HttpRequest
    from glue_endpoint.api.quotas import Quotas

_TARGET = "AWSGlue."
Request = dict[str, Any]
Answer = dict[str, Any]
Operation = Callable[[Request], Answer]
"""Takes a request's members and returns the answer's, both as botocore's model shapes them.

It may raise any GlueError; whatever else it raises is the endpoint's own failure."""


Authorize = Callable[[str, str, Request], None]
"""Takes an access key's id, an operation's name and its request. Raises AccessDeniedException."""


def permit_all(access_key_id: str, operation: str, request: Request) -> None:
    """Lets everybody do everything."""


Around = Callable[[str, str, Request, Operation], Answer]
"""Runs an operation for an access key's id; it may refuse, and add to or leave out of what goes in and comes out."""


def run_plainly(access_key_id: str, name: str, request: Request, operation: Operation) -> Answer:  # noqa: ARG001
    """Runs it."""
    return operation(request)


class Part(Protocol):
    """What answers some of Glue's operations."""

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation; they may be called from any thread."""


class UnknownOperationException(GlueError):
    """Glue itself has no operation of this name."""


class GlueService:
    """AWS Glue, answered by `parts`; no two of them have an operation of the same name.

    `authorize` says who may, `around` runs each of them; `quotas` are those of calls, if there are any.
    """

    def __init__(
        self,
        *parts: Part,
        authorize: Authorize = permit_all,
        around: Around = run_plainly,
        quotas: Quotas | None = None,
    ) -> None:
        self._authorize = authorize
        self._around = around
        self._quotas = quotas
        self._operations: dict[str, Operation] = {}
        for part in parts:
            self._operations.update(part.operations())

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answers one operation."""
        try:
            return HttpResponse.of_json(self._answer(request, caller))
        except GlueError as error:
            return self.error(error.code, error.message, error.status)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error of the JSON 1.1 protocol."""
        return HttpResponse.of_error(code, message, status)

    def _answer(self, request: HttpRequest, caller: Caller) -> Answer:
        target = request.headers.get("x-amz-target", "")
        name = target.removeprefix(_TARGET)
        model = find_operation("glue", name) if target.startswith(_TARGET) else None
        if model is None:
            raise UnknownOperationException(f"Glue has no operation {target!r}.")
        if self._quotas is not None:
            self._quotas.take(name)
        asking.set(caller_of(request.headers.get("user-agent", "")))
        operation = self._operations.get(name)
        if operation is None:
            raise OperationNotSupportedException(
                f"The embedded Glue endpoint does not implement {name}. It serves interactive "
                "sessions, the Data Catalog's databases, tables and partitions, and tags."
            )

        def permitted(given: Request) -> Answer:
            self._authorize(caller.access_key_id, name, given)
            return self._around(caller.access_key_id, name, given, operation)

        return answer_to(request.body, model, permitted)


def answer_to(body: bytes, model: OperationModel, operation: Operation) -> Answer:
    """What an operation answers to a JSON body, both held to the model. Raises GlueError."""
    given = read_json(body)
    return serialize_response(
        model.output_shape, operation(parse_request(model.input_shape, given))
    )
