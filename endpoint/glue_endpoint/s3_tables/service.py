"""S3 Tables over HTTP (the REST-JSON protocol): what is answered, and in the errors of this API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.operations import permit_all
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.rest import rest_call
from glue_endpoint.api.wire import serialize_response
from glue_endpoint.errors import (
    AccessDeniedException,
    AlreadyExistsException,
    ConcurrentModificationException,
    EntityNotFoundException,
    GlueError,
)
from glue_endpoint.s3_tables.buckets import BUCKET_READS, BUCKET_WRITES
from glue_endpoint.s3_tables.tables import TABLE_READS, TABLE_WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.api.auth import Caller, HttpRequest
    from glue_endpoint.api.operations import Answer, Authorize, Request
    from glue_endpoint.store.store import Store, Transaction

    Handler = Callable[[Transaction, Request], Answer]

READS: Mapping[str, Handler] = {**BUCKET_READS, **TABLE_READS}
WRITES: Mapping[str, Handler] = {**BUCKET_WRITES, **TABLE_WRITES}
_CONFLICTS = (AlreadyExistsException, ConcurrentModificationException)


class S3Tables:
    """Table buckets, namespaces and tables; `purge` removes what dropped tables have left."""

    methods = frozenset({"DELETE", "GET", "POST", "PUT"})

    def __init__(
        self, store: Store, purge: Callable[[], None], authorize: Authorize = permit_all
    ) -> None:
        self._store = store
        self._authorize = authorize
        self._purge = purge

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answers one operation."""
        try:
            call = rest_call("s3tables", request)
            if call is None or (call.name not in READS and call.name not in WRITES):
                asked = f"{request.method} {request.path}" if call is None else call.name
                return self.error(
                    "BadRequestException",
                    f"The embedded endpoint does not serve s3tables:{asked}; it serves "
                    f"{', '.join(sorted([*READS, *WRITES]))}.",
                    400,
                )
            self._authorize(caller.access_key_id, call.name, call.members)
            answer = serialize_response(
                call.model.output_shape, self._answer(call.name, call.members)
            )
        except GlueError as error:
            return self._refused(error)
        if call.name == "DeleteTable":
            self._purge()
        if call.status == 204:
            return HttpResponse(204, b"")
        return HttpResponse.of_json(answer, call.status)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error of the REST-JSON protocol."""
        return HttpResponse.of_error(code, message, status)

    def _refused(self, error: GlueError) -> HttpResponse:
        if isinstance(error, AccessDeniedException):
            return self.error(error.code, error.message, 403)
        if isinstance(error, EntityNotFoundException):
            return self.error("NotFoundException", error.message, 404)
        if isinstance(error, _CONFLICTS):
            return self.error("ConflictException", error.message, 409)
        if error.status == 500:
            return self.error("InternalServerErrorException", error.message, 500)
        return self.error("BadRequestException", error.message, 400)

    def _answer(self, name: str, request: Request) -> Answer:
        if name in READS:
            return self._store.read(lambda transaction: READS[name](transaction, request))
        return self._store.write(lambda transaction: WRITES[name](transaction, request))
