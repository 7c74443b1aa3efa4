"""The validation process, asked once from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULE = "dbt.adapters.glue.validation"


class ValidationError(Exception):
    """The request has no result; the message says why."""


def ask(request: dict[str, Any], told: Callable[[str], None]) -> dict[str, Any]:
    """The result of one request; the process and its session have ended then.

    `told` hears of progress and of the session. Raises ValidationError.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", _MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None  # noqa: S101 - started with pipes
    assert child.stdout is not None  # noqa: S101
    answer: dict[str, Any] | None = None
    try:
        child.stdin.write(json.dumps({**request, "id": 1}) + "\n")
        child.stdin.flush()
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "result":
                answer = event
                break
            told(event["message"] if event["event"] == "progress" else _session(event))
    finally:
        # It stops its session when its input ends, also when this command is interrupted.
        _, errors = child.communicate()
    if answer is None:
        words = errors.strip().splitlines()
        said = f": {words[-1]}" if words else ""
        raise ValidationError(f"the validation ended with status {child.returncode}{said}")
    if not answer["ok"]:
        raise ValidationError(str(answer["error"]))
    result: dict[str, Any] = answer["result"]
    return result


def _session(event: dict[str, Any]) -> str:
    detail = event["detail"]
    size = f", {detail['workers']} x {detail['workerType']}" if detail.get("workers") else ""
    cost = f" ({detail['cost']})" if detail.get("cost") else ""
    place = "the local endpoint" if detail.get("endpoint") == "local" else detail.get("endpoint")
    return f"Session on {place}, Glue {detail.get('glueVersion')}{size}: {event['state']}{cost}"
