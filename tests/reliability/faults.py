"""Faults as a client of Glue meets them, and when: what a wire does with a call instead of passing it on."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS", "READ_TIMEOUT", "Call", "Dropped", "Fault", "Nth", "hold", "possible", "turn"]

READ_TIMEOUT = 2.0
"""Seconds that boto3 waits for an answer in these runs; its own default is 60."""

SLOW, CONFLICT = "OperationTimeoutException", "ConcurrentModificationException"

Answer = tuple[int, bytes]


def possible(operation: str) -> list[str]:
    """The names of the faults that can befall an operation: not each may answer each error, by boto3's model."""
    return [
        fault.name
        for fault in FAULTS.values()
        if fault.listed is None or fault.listed in listed_errors(operation)
    ]


@cache
def listed_errors(operation: str) -> frozenset[str]:
    return frozenset(
        shape.name
        for service in ("glue", "lakeformation", "sts")
        for model in [
            boto3.session.Session().client(service, region_name="us-east-1").meta.service_model
        ]
        if operation in model.operation_names
        for shape in model.operation_model(operation).error_shapes
    )


class Dropped(Exception):
    """The connection ends here, whatever was said so far."""


class Call(NamedTuple):
    """One request of an operation: its parameters, the HTTP handler that has it, and the way to the endpoint."""

    operation: str
    parameters: dict[str, Any]
    handler: Any
    forward: Callable[[], Answer]


def turn(operation: str, parameters: dict[str, Any]) -> object:
    """What calls have in common that are one thing asked again and again, as polls are; None: each is its own."""
    if operation in ("GetStatement", "GetSession"):
        return (operation, parameters.get("SessionId"), parameters.get("Id"))
    return None


class Fault(NamedTuple):
    """`reach`: whom it hits: one "call", the "operation" from then on, or "all" calls from then on."""

    name: str
    happen: Callable[[Call], Answer]
    reach: str = "call"
    survivable: bool = True
    """Whether a run has to come out right in spite of it; else an error will do."""
    listed: str | None = None
    """The error's name, where it is not one of those that every operation has."""


def error(code: str, status: int = 400, *, after: bool = False) -> Callable[[Call], Answer]:
    def happen(call: Call) -> Answer:
        if after:
            call.forward()
        body = {"__type": code, "Message": f"{code} injected into {call.operation}"}
        return status, json.dumps(body).encode()

    return happen


def dropped(*, after: bool) -> Callable[[Call], Answer]:
    def happen(call: Call) -> Answer:
        if after:
            call.forward()
        raise Dropped

    return happen


def unanswered(*, after: bool) -> Callable[[Call], Answer]:
    """No answer until the client gives up and closes its side."""

    def happen(call: Call) -> Answer:
        if after:
            call.forward()
        call.handler.connection.recv(1, socket.MSG_PEEK)
        raise Dropped

    return happen


def truncated(call: Call) -> Answer:
    status, body = call.forward()
    handler = call.handler
    handler.send_response(status)
    handler.send_header("Content-Type", "application/x-amz-json-1.1")
    handler.send_header("Content-Length", str(len(body) + 1))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    raise Dropped


def hold(seconds: float) -> Callable[[Call], Answer]:
    """A slow call: it takes effect late."""

    def happen(call: Call) -> Answer:
        time.sleep(seconds)
        return call.forward()

    return happen


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("throttled", error("ThrottlingException")),
        Fault("timed out before", error(SLOW), listed=SLOW),
        Fault("timed out after", error(SLOW, after=True), listed=SLOW),
        Fault("unanswered before", unanswered(after=False)),
        Fault("unanswered after", unanswered(after=True)),
        Fault("500 before", error("InternalServiceException", 500)),
        Fault("500 after", error("InternalServiceException", 500, after=True)),
        Fault("dropped before", dropped(after=False)),
        Fault("dropped after", dropped(after=True)),
        Fault("truncated", truncated),
        Fault("conflict", error(CONFLICT), listed=CONFLICT),
        Fault("expired, renewed", error("ExpiredTokenException"), survivable=False),
        Fault("expired", error("ExpiredTokenException"), "all", survivable=False),
        Fault("denied", error("AccessDeniedException"), "operation", survivable=False),
    )
}
"""By name. "before" and "after": whether the call took effect."""


@dataclass
class Nth:
    """The fault at the `position`-th (from 1) call of `operation`; the polls of one thing count as one."""

    operation: str
    position: int
    fault: Fault
    fired: int = 0
    _seen: list[object] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: Call) -> Callable[[Call], Answer] | None:
        with self._lock:
            if self._hits(call):
                self.fired += 1
                return self.fault.happen
            return None

    def _hits(self, call: Call) -> bool:
        reach = self.fault.reach
        if self.fired and reach == "all":
            return True
        if call.operation != self.operation or (self.fired and reach == "call"):
            return False
        if self.fired:
            return True
        what = turn(call.operation, call.parameters)
        if what is None or what not in self._seen:
            self._seen.append(what)
        return len(self._seen) == self.position
