"""One answer for each call that runs SQL: what it gave or why it failed, and what old data could not be removed."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any

from glue_session.cleanup import remove_folders
from glue_session.errors import worker_traceback
from glue_session.spark_errors import java_text, telling_cause, with_next_step
from glue_session.state import sources, use_database
from glue_session.transport import has_begun, print_frame, request_of

if TYPE_CHECKING:
    from collections.abc import Callable


_LONGEST = 20_000
"""Characters of an error's message, and of its traceback: Spark repeats whole plans."""

last_answer: dict[str, str] = {}
"""The answer to the last request, by its nonce, where it is not in pages: Glue may have cut it."""


def print_answer(packed: str, run: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Runs a request in its database and prints the framed answer, or the framed error.

    What the request names under `remove` goes along with it, whether it fails or not. Of its `functions` the session makes
    those that it has not.
    """
    request = request_of(packed)
    if has_begun(request["nonce"]):
        return
    use_database(request.get("database"))
    told: list[str] = []
    try:
        told = _functions_made(request)
        answer = run(request)
    except Exception as error:  # noqa: BLE001 - every failure of a user's SQL is an answer, with its reason
        answer = error_answer(error)
    left, found = remove_folders(request.get("remove") or [])
    warnings = told + answer.pop("warnings", []) + left
    if found:
        answer["old_data"] = found
    if warnings:
        answer["warnings"] = warnings
    last_answer.clear()
    if "error" in answer or not request.get("fetch"):
        last_answer[request["nonce"]] = json.dumps(answer)
    print_frame(request["nonce"], answer)


def use_functions(packed: str) -> None:
    """Makes the functions of a request in the session, for a program that calls them, and answers that they are there."""
    print_answer(packed, lambda _: {})


def _functions_made(request: dict[str, Any]) -> list[str]:
    """What is to be told of the functions that were made."""
    if not request.get("functions"):
        return []
    sources.update(request["function_sources"])
    from glue_session.functions.made import make_functions

    return make_functions(request["functions"])


def error_answer(error: BaseException) -> dict[str, Any]:
    """The answer that an error is: its class, message and Spark's own names for it."""
    return {
        "error": {
            "type": type(error).__name__,
            "message": _bounded(_message(error)),
            "error_class": _text_of(error, "getErrorClass"),
            "sqlstate": _text_of(error, "getSqlState"),
            "traceback": _bounded(traceback.format_exc()),
        }
    }


def _bounded(text: str) -> str:
    more, half = len(text) - _LONGEST, _LONGEST // 2
    return text if more <= 0 else f"{text[:half]}\n... {more:,} more ...\n{text[-half:]}"


def _message(error: BaseException) -> str:
    java = telling_cause(error)
    text = java_text(java) or str(java.toString()) if java is not None else ""
    text = text or str(getattr(error, "desc", None) or error)
    worker = worker_traceback(text, "")
    if worker is None:
        return with_next_step(text)
    # Of a function in Python: its error, and the way there in the project's files.
    what, frames = worker
    return "\n".join(
        [what, *(f"  {file}:{line}, in {name}" for file, line, name in frames if file[0] != "<")]
    )


def _text_of(error: BaseException, name: str) -> str | None:
    """What a method of the error gives; None where it has none, or none that answers."""
    method = getattr(error, name, None)
    if method is None:
        return None
    try:
        value = method()
    except Exception:  # noqa: BLE001 - pyspark asks the JVM, which may be gone
        return None
    return None if value is None else str(value)
