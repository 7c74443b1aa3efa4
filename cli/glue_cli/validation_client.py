"""A process of the adapter, asked once from the command line: that of validation, or one of those that read projects."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from glue_lsp.work.command import NEUTRAL_FOLDER, child_environment, module_command

if TYPE_CHECKING:
    from collections.abc import Callable

VALIDATION = "dbt.adapters.glue.validation"
MIGRATION = "dbt.adapters.glue.migration"
CLEANING = "dbt.adapters.glue.cleaning"


class ValidationError(Exception):
    """The request has no result; the message says why."""


def ask(
    request: dict[str, Any], tell: Callable[[str], None], module: str = VALIDATION
) -> dict[str, Any]:
    """The result of one request, whose paths are absolute; the process and its session have ended then.

    `tell` is called with what people may read of progress and of the session. Raises ValidationError.
    """
    answer, errors, status = _conversation({**request, "id": 1}, tell, module)
    if answer is None:
        words = errors.strip().splitlines()
        said = f": {words[-1]}" if words else ""
        if said.startswith((": ModuleNotFoundError", ": ImportError")):
            said += ". It needs dbt-core and what else comes with the package: pip install dbt-glue-python"
        process = module.rpartition(".")[2]
        raise ValidationError(f"the {process} ended with status {status}{said}")
    if not answer["ok"]:
        raise ValidationError(str(answer["error"]))
    result: dict[str, Any] = answer["result"]
    return result


def _conversation(
    request: dict[str, Any], tell: Callable[[str], None], module: str
) -> tuple[dict[str, Any] | None, str, int]:
    """The answer if there was one, what the process wrote for people, and its exit status."""
    child = subprocess.Popen(
        module_command(module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=NEUTRAL_FOLDER,
        env=child_environment(),
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None  # noqa: S101 - started with pipes
    assert child.stdout is not None  # noqa: S101
    answer: dict[str, Any] | None = None
    try:
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "result":
                answer = event
                break
            progress = event["event"] == "progress"
            tell(event["message"] if progress else session_line(event["state"], event["detail"]))
    finally:
        # It stops its session when its input ends, also when this command is interrupted.
        _, errors = child.communicate()
    return answer, errors, child.returncode


def session_line(state: str, detail: dict[str, Any]) -> str:
    """What the session is doing and what it costs, in a line."""
    size = f", {detail['workers']} x {detail['workerType']}" if detail.get("workers") else ""
    cost = f" ({detail['cost']})" if detail.get("cost") else ""
    place = "the local endpoint" if detail.get("endpoint") == "local" else detail.get("endpoint")
    return f"Session on {place}, Glue {detail.get('glueVersion')}{size}: {state}{cost}"
