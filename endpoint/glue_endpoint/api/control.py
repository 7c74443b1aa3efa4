"""The endpoint's own service: ping, status, start of Spark and stop, for the commands that look after its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.server import STATUS_PATH
from glue_endpoint.api.wire import read_json
from glue_endpoint.errors import ValidationException

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.auth import Caller, Credentials, HttpRequest


class Control:
    """Answers by `describe()`, what the process says of itself; `start_spark()` returns at once, `stop()` ends it."""

    def __init__(
        self,
        credentials: Credentials,
        describe: Callable[[], dict[str, Any]],
        start_spark: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        self._credentials = credentials
        self._describe = describe
        self._start_spark = start_spark
        self._stop = stop

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG002
        """Answers `/-/ping`, `/-/status`, `/-/spark` and `/-/stop`."""
        if request.path == "/-/ping":
            try:
                given = read_json(request.body)
            except ValidationException as error:
                return self.error(error.code, error.message, 400)
            if not isinstance(given, dict) or not isinstance(given.get("nonce", ""), str):
                return self.error(
                    "ValidationException", "A ping has a nonce, which is a text.", 400
                )
            proof, told = self._credentials.prove(given.get("nonce", "")), self._describe()
            return HttpResponse.of_json(
                {"proof": proof, "spark": told["spark"], "as_aws": told["as_aws"]}
            )
        if request.path == STATUS_PATH:
            return HttpResponse.of_json(self._describe())
        if request.path == "/-/spark":
            self._start_spark()
            return HttpResponse.of_json({"spark": self._describe()["spark"]})
        if request.path == "/-/stop":
            self._stop()
            return HttpResponse.of_json({"stopping": True})
        return self.error("InvalidInputException", f"There is no {request.path}.", 400)

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error as JSON."""
        return HttpResponse.of_error(code, message, status)
