"""Calls of AWS that are made again where that is safe: for a while, until the error has passed.

botocore tries again by itself, as the profile says; what it takes for final, and what outlasts its attempts, comes
here. It covers every call of a client, whoever makes it.
"""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionClosedError
from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.faults import EARLIER_UNCLEAR, fault_of

if TYPE_CHECKING:
    from dbt.adapters.glue.faults import Fault
    from dbt.adapters.glue.sessions.keys import Keys
    from dbt.adapters.glue.sessions.polling import Pace

__all__ = ["Patience", "watch_calls"]

logger = AdapterLogger("Glue")

PATIENCE = 120.0
"""Seconds for which a call is made again, from its first failure."""
INTERRUPTED, HURRIED = 15.0, 4.0
"""The same once the user has interrupted the run, and once more."""
NEAR = 3.0
"""The same where nothing listens at an endpoint of this machine: it has ended, and nobody starts it again."""
CREDENTIALS_PATIENCE = 120.0
"""Seconds for which new credentials are looked for where those at hand have expired."""
CREDENTIALS_EVERY = 2.0
FIRST, LONGEST = 0.2, 8.0
_LOOKS = frozenset({"GetStatement", "GetSession"})
_BEGAN, _TRIES, _KEYS = "dbt_glue_began", "dbt_glue_tries", "dbt_glue_keys"


class Patience:
    """How long calls are made again: one for all clients of a profile. `quick`: what is unreachable for seconds stays so."""

    def __init__(self, *, quick: bool = False) -> None:
        self._quick = quick
        self._interrupted = False
        self.hurried = False
        """Whether the user does not want to wait for anything any more."""

    def interrupt(self) -> None:
        """The run is interrupted: what is still called is to end soon."""
        self._interrupted = True

    def hurry(self) -> None:
        """The user has interrupted the run once more."""
        self._interrupted = self.hurried = True

    def calm(self) -> None:
        """The interruption is over."""
        self._interrupted = self.hurried = False

    @property
    def cut_short(self) -> bool:
        """Whether a run is interrupted."""
        return self._interrupted

    def is_over(self, fault: str) -> bool:
        """Whether a fault that outlasted this patience will not pass at all."""
        return self._quick and fault == "unreachable"

    def seconds(self, fault: str) -> float:
        """For how long a call with such a fault is made again."""
        if self._quick and fault == "unreachable":
            return NEAR
        if self._interrupted:
            return HURRIED if self.hurried else INTERRUPTED
        return CREDENTIALS_PATIENCE if fault == "expired" else PATIENCE


def watch_calls(client: Any, patience: Patience, keys: Keys | None, pace: Pace) -> None:
    """Has a client's calls made again. A throttled one slows down the pace of looks."""
    events = client.meta.events
    events.register("before-sign", _Signer(keys).remember)
    # Of handlers of one name the first answer counts; those of a shorter name come after botocore's own.
    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    events.register_first(event, _Veto(patience).answer)
    events.register_last(event, _Again(patience, keys, pace).answer)


class _Signer:
    def __init__(self, keys: Keys | None) -> None:
        self._keys = keys

    def remember(self, request: Any, **_: Any) -> None:
        """Notes with which keys an attempt is signed."""
        if self._keys is not None:
            request.context[_KEYS] = self._keys.version


class _Veto:
    """Ends botocore's own attempts, too, once an interrupted run has waited enough."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def answer(
        self,
        response: Any,
        operation: Any,
        caught_exception: Exception | None,
        request_dict: dict[str, Any],
        **_: Any,
    ) -> None:
        """Raises what the call met: until 1.43, botocore takes any answer but None for seconds to wait, False for none."""
        waited = time.monotonic() - request_dict["context"].setdefault(_BEGAN, time.monotonic())
        fault = _fault(response, operation, caught_exception)
        _remember(fault, response, request_dict["context"])
        interrupted = self._patience.cut_short and waited > self._patience.seconds("unclear")
        ended = self._patience.is_over(fault) and waited > NEAR
        if fault and (interrupted or ended):
            raise _met(response, operation, caught_exception, request_dict)


class _Again:
    def __init__(self, patience: Patience, keys: Keys | None, pace: Pace) -> None:
        self._patience = patience
        self._keys = keys
        self._pace = pace

    def answer(
        self,
        response: Any,
        operation: Any,
        caught_exception: Exception | None,
        request_dict: dict[str, Any],
        **_: Any,
    ) -> float | None:
        """Seconds until the call is made again; None where it is not."""
        fault = _fault(response, operation, caught_exception)
        if not fault:
            if self._keys is not None and response is not None:
                self._keys.worked(request_dict["context"].get(_KEYS, -1))
            return None
        if fault == "throttled":
            self._pace.throttled()
        context = request_dict["context"]
        now = time.monotonic()
        waited = now - context.setdefault(_BEGAN, now)
        tries = context[_TRIES] = context.get(_TRIES, 0) + 1
        wait: float = min(LONGEST, FIRST * 2 ** min(tries, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        if fault == "expired":
            return self._with_new_keys(context, tries, wait, waited)
        if fault == "busy" and _has_version(request_dict):
            return None  # whoever asks for a version must read again
        left = self._patience.seconds(fault) - waited
        if left > 0:
            what = caught_exception or (response[1].get("Error") or {}).get("Code")
            if fault == "throttled" and operation.name in _LOOKS and not self._patience.cut_short:
                wait = max(wait, self._pace.turn())
            wait = min(wait, LONGEST, left)
            logger.debug(f"{operation.name}: {what}; again in {wait:.1f} s")
            return wait
        if response is not None and _is_cut(response, operation):
            raise _met(response, operation, caught_exception, request_dict)
        return None

    def _with_new_keys(
        self, context: dict[str, Any], tries: int, wait: float, waited: float
    ) -> float | None:
        if self._keys is None:
            return None
        patience = self._patience.seconds("expired")
        if self._keys.renew(context.get(_KEYS, -1)):
            return 0.0 if tries < 3 else wait if waited < patience else None
        left = self._keys.wait_for_new(patience)
        return CREDENTIALS_EVERY if left else None


def _fault(response: Any, operation: Any, caught: Exception | None) -> Fault:
    if caught is not None:
        return fault_of(caught)
    if response is None:
        return ""
    http, parsed = response
    if http.status_code < 300:
        return "unclear" if _is_cut(response, operation) else ""
    return fault_of(ClientError(parsed, operation.name))


def _remember(fault: Fault, response: Any, context: dict[str, Any]) -> None:
    """Tells whoever reads a refusal that an earlier try of the call may have been carried out."""
    if fault == "unclear":
        context[EARLIER_UNCLEAR] = True
    elif response is not None and context.get(EARLIER_UNCLEAR):
        response[1].setdefault("ResponseMetadata", {})[EARLIER_UNCLEAR] = True


def _met(
    response: Any, operation: Any, caught: Exception | None, request_dict: dict[str, Any]
) -> Any:
    """The exception that a call ends with that is not made again, where it has a fault."""
    if caught is not None:
        return caught
    if _is_cut(response, operation):
        return ConnectionClosedError(endpoint_url=request_dict.get("url", ""))
    return ClientError(response[1], operation.name)


def _is_cut(response: Any, operation: Any) -> bool:
    """Whether an answer in JSON is no JSON: cut on its way. botocore makes an empty answer of it."""
    http, parsed = response
    if set(parsed) != {"ResponseMetadata"} or operation.has_streaming_output:
        return False
    if operation.service_model.metadata.get("protocol") not in ("json", "rest-json"):
        return False
    try:
        json.loads(http.content or b"{}")
    except ValueError:
        return True
    return False


def _has_version(request_dict: dict[str, Any]) -> bool:
    try:
        asked = json.loads(request_dict.get("body") or b"{}")
    except (ValueError, TypeError):
        return False
    # Glue's tables have it beside their description, Lake Formation's filters in it.
    return "VersionId" in asked or "VersionId" in (asked.get("TableData") or {})
