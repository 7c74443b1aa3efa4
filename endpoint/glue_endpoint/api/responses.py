"""What a service answers with, over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class HttpResponse:
    """A status, a body and its content type; more headers where a protocol wants them."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: object, status: int = 200) -> HttpResponse:
        """A JSON response."""
        return cls(status, json.dumps(value).encode())

    @classmethod
    def of_error(cls, code: str, message: str, status: int = 400) -> HttpResponse:
        """An error as the JSON protocols of AWS send it."""
        body = json.dumps({"__type": code, "Message": message, "message": message}).encode()
        return cls(status, body, headers={"x-amzn-errortype": code})
