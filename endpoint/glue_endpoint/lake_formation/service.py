"""AWS Lake Formation over HTTP (the REST-JSON protocol: the operation is the path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.operations import answer_to, permit_all
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.wire import find_operation
from glue_endpoint.errors import GlueError
from glue_endpoint.lake_formation.filters import FILTER_READS, FILTER_WRITES
from glue_endpoint.lake_formation.grants import GRANT_READS, GRANT_WRITES
from glue_endpoint.lake_formation.locations import LOCATION_READS, LOCATION_WRITES
from glue_endpoint.lake_formation.settings import SETTINGS_READS, SETTINGS_WRITES
from glue_endpoint.lake_formation.tagged import TAGGED_READS, TAGGED_WRITES
from glue_endpoint.lake_formation.tags import TAG_READS, TAG_WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.api.auth import Caller, HttpRequest
    from glue_endpoint.api.operations import Answer, Authorize, Request
    from glue_endpoint.store.store import Store, Transaction

    Handler = Callable[[Transaction, Request], Answer]

READS: Mapping[str, Handler] = {
    **TAG_READS,
    **TAGGED_READS,
    **GRANT_READS,
    **FILTER_READS,
    **SETTINGS_READS,
    **LOCATION_READS,
}
WRITES: Mapping[str, Handler] = {
    **TAG_WRITES,
    **TAGGED_WRITES,
    **GRANT_WRITES,
    **FILTER_WRITES,
    **SETTINGS_WRITES,
    **LOCATION_WRITES,
}


class LakeFormation:
    """What is granted, tagged or filtered is kept and can be read back; nobody is held to it."""

    def __init__(self, store: Store, authorize: Authorize = permit_all) -> None:
        self._store = store
        self._authorize = authorize

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answers one operation."""
        name = request.path.lstrip("/")
        model = find_operation("lakeformation", name)
        if model is None or (name not in READS and name not in WRITES):
            return self.error(
                "InvalidInputException",
                f"The embedded endpoint does not serve lakeformation:{name}; it serves "
                f"{', '.join(sorted([*READS, *WRITES]))}.",
                400,
            )

        def permitted(given: Request) -> Answer:
            self._authorize(caller.access_key_id, name, given)
            return self._answer(name, given)

        try:
            return HttpResponse.of_json(answer_to(request.body, model, permitted))
        except GlueError as error:
            return self.error(error.code, error.message, error.status)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error of the REST-JSON protocol."""
        return HttpResponse.of_error(code, message, status)

    def _answer(self, name: str, request: Request) -> Answer:
        if name in READS:
            return self._store.read(lambda transaction: READS[name](transaction, request))
        return self._store.write(lambda transaction: WRITES[name](transaction, request))
