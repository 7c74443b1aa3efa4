"""Listens to botocore's events, and writes each call of the adapter to the file that DBT_GLUE_RECORD names.

A file is one process's, as pseudonyms and numbers are: of `name.jsonl` that is there, the next one is `name-2.jsonl`.
A line of JSON each; the first one says what recorded. Of a call: `n` in the order of beginnings, `at` and `took` in
seconds, `thread`, `service`, `operation`, `parameters`, `attempts` (status and error of each answer on the
wire), and `answer` or `error`.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.__version__ import version
from dbt.adapters.glue.recording.scrubbing import Scrubber, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["VARIABLE", "record_calls"]

VARIABLE = "DBT_GLUE_RECORD"
"""Names the file of the first process; nothing is recorded without it."""

FORMAT = 1

logger = AdapterLogger("Glue")

_KEY = "dbt_glue_recording"
_MOST_FILES = 10_000
_SERVICES = frozenset({"glue", "lakeformation", "sts", "s3", "s3tables", "iam"})


def record_calls(session: Any, endpoint: str) -> None:
    """Records the calls of the clients that a boto3 session makes from now on, where the environment asks for it."""
    file = os.environ.get(VARIABLE)
    if file:
        _recorder(file, endpoint).listen_to(session.events)


@cache
def _recorder(file: str, endpoint: str) -> Recorder:
    return Recorder(Path(file), endpoint)


def _harmless(listen: Callable[..., None]) -> Callable[..., None]:
    """A call goes on whatever becomes of its line."""

    @wraps(listen)
    def guarded(self: Recorder, **heard: Any) -> None:
        try:
            listen(self, **heard)
        except Exception as error:  # noqa: BLE001 - whatever a call has that is not expected
            self.lose(error)

    return guarded


class Recorder:
    """One recording. `endpoint` is `aws`, `local` or another word, never an address."""

    def __init__(self, file: Path, endpoint: str) -> None:
        self._file = _own_file(file)
        self._lost = False
        self._scrubber = Scrubber()
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._count = 0
        self._threads: dict[int, int] = {}
        self._write(
            {
                "recording": FORMAT,
                "dbt_glue": version,
                "botocore": botocore.__version__,
                "python": platform.python_version(),
                "endpoint": endpoint if endpoint in ("aws", "local") else "another",
            }
        )

    def listen_to(self, events: Any) -> None:
        """Hear of every call."""
        events.register_last("before-parameter-build.*.*", self._begun, "dbt-glue-begun")
        events.register_last("response-received.*.*", self._answered, "dbt-glue-answered")
        events.register_last("after-call.*.*", self._ended, "dbt-glue-ended")
        events.register_last("after-call-error.*.*", self._failed, "dbt-glue-failed")

    @_harmless
    def _begun(self, params: Any, model: Any, context: dict[str, Any], **_: Any) -> None:
        service = model.service_model.service_name
        if service not in _SERVICES:
            return
        with self._lock:
            self._count += 1
            thread = self._threads.setdefault(threading.get_ident(), len(self._threads) + 1)
            number = self._count
        context[_KEY] = {
            "n": number,
            "at": round(time.monotonic() - self._began, 3),
            "thread": thread,
            "service": service,
            "operation": model.name,
            "parameters": self._scrubber.parameters(model.input_shape, params),
            "attempts": [],
        }

    @_harmless
    def _answered(self, context: dict[str, Any], **heard: Any) -> None:
        call = context.get(_KEY)
        if call is None:
            return
        response, parsed = heard.get("response_dict"), heard.get("parsed_response") or {}
        attempt: dict[str, Any] = {"at": round(time.monotonic() - self._began, 3)}
        if response is not None:
            attempt["status"] = response["status_code"]
        if heard.get("exception") is not None:
            attempt["exception"] = type(heard["exception"]).__name__
        if "Error" in parsed:
            attempt["error"] = self._error(parsed["Error"])["code"]
        call["attempts"].append(attempt)

    @_harmless
    def _ended(self, http_response: Any, parsed: Any, model: Any, context: Any, **_: Any) -> None:
        call = context.pop(_KEY, None)
        if call is None:
            return
        call["status"] = http_response.status_code
        if "Error" in parsed:
            call["error"] = self._error(parsed["Error"])
        else:
            call["answer"] = self._scrubber.parameters(model.output_shape, parsed)
        self._finish(call)

    @_harmless
    def _failed(self, exception: Exception, context: Any, **_: Any) -> None:
        call = context.pop(_KEY, None)
        if call is not None:
            call["exception"] = type(exception).__name__
            self._finish(call)

    def lose(self, error: Exception) -> None:
        """A call is left out: said once."""
        if not self._lost:
            self._lost = True
            kind = type(error).__name__
            logger.warning(f"{VARIABLE}: not every call is in {self._file}: {kind}: {error}")

    def _error(self, error: Mapping[str, Any]) -> dict[str, str]:
        return self._scrubber.error(str(error.get("Code", "")), str(error.get("Message", "")))

    def _finish(self, call: dict[str, Any]) -> None:
        call["took"] = round(time.monotonic() - self._began - call["at"], 3)
        self._write(call)

    def _write(self, line: Mapping[str, Any]) -> None:
        """Append a line. A run goes on whatever becomes of its recording."""
        try:
            text = told(line) + "\n"
            with self._lock:
                handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(handle, "a", encoding="utf-8") as file:
                    file.write(text)
        except (OSError, ValueError) as error:
            logger.warning(f"{VARIABLE}: {self._file} cannot be written: {error}")


def _own_file(file: Path) -> Path:
    """The file, or one beside it where others have theirs: it is made here, so that no other process takes it."""
    for number in range(1, _MOST_FILES):
        own = file if number == 1 else file.with_name(f"{file.stem}-{number}{file.suffix}")
        try:
            os.close(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        except OSError:
            break  # said with the first line
        return own
    return file
