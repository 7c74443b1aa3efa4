"""A statement: its state, its output, and the shape in which the Glue API shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_endpoint.spark.worker_process import Result

WAITING = "WAITING"
RUNNING = "RUNNING"
AVAILABLE = "AVAILABLE"
CANCELLING = "CANCELLING"
CANCELLED = "CANCELLED"
ERROR = "ERROR"

_NO_OUTPUT = "[this output was dropped to make room]"
_NO_CODE = "# [this code was dropped to make room]"
_ERROR_CHARACTERS = 1000
"""Of an error, that stay when the rest is dropped."""

FINAL = frozenset({AVAILABLE, CANCELLED, ERROR})


@dataclass
class Statement:
    """One statement of a session; times are epoch milliseconds, 0 until known."""

    id: int
    code: str
    group: str
    state: str = WAITING
    progress: float = 0.0
    """The share that is done, of one that runs: whoever asks Spark may have the answer when it has ended."""
    started_on: int = 0
    completed_on: int = 0
    output: dict[str, Any] | None = None

    def start(self, now: float) -> None:
        """The worker has it."""
        self.state = RUNNING
        self.started_on = int(now * 1000)

    def finish(self, result: Result, now: float, limit: int | None = None) -> None:
        """The worker is done with it: AVAILABLE, also for an error of the user's code (as Glue
        does), but CANCELLED if that was asked for, whatever the code made of the interrupt.

        Of what it printed, the first `limit` bytes are kept."""
        self._end(CANCELLED if self.state == CANCELLING else AVAILABLE, now)
        output: dict[str, Any] = {"ExecutionCount": self.id, "Status": result.status}
        if result.status == "ok" or result.text:
            text = result.text
            if limit is not None:
                text = text.encode("utf-8", "surrogatepass")[:limit].decode("utf-8", "ignore")
            output["Data"] = {"TextPlain": text}
        if result.image:
            # As AWS's notebook kernel takes it, whose model of the API has these members.
            output["Data"].update(MimeType="image/png", Result=result.image)
            output["Data"].update({"StdOut": result.text} if result.text else {})
        if result.status != "ok":
            output["ErrorName"] = result.error_name
            output["ErrorValue"] = result.error_value
            output["Traceback"] = result.traceback
        self.output = output

    def cancel(self, now: float) -> None:
        """It never ran."""
        self._end(CANCELLED, now)

    def fail(self, reason: str, now: float) -> None:
        """It cannot end by itself any more: its worker or the JVM is gone."""
        self._end(CANCELLED if self.state == CANCELLING else ERROR, now)
        self.output = {
            "ExecutionCount": self.id,
            "Status": "error",
            "ErrorName": "SessionFailed",
            "ErrorValue": reason,
            "Traceback": [],
        }

    def _end(self, state: str, now: float) -> None:
        self.state = state
        self.completed_on = int(now * 1000)

    @property
    def size(self) -> int:
        """Characters that it holds: its code, and its output with what was said of an error."""
        output = self.output or {}
        said = [output.get("ErrorValue", ""), *output.get("Traceback", ())]
        return len(self.code) + sum(map(len, [*output.get("Data", {}).values(), *said]))

    def forget(self) -> None:
        """Give its memory back, once it has ended: a later statement needs it. Its shape says so."""
        self.code = self.code if len(self.code) <= len(_NO_CODE) else _NO_CODE
        if self.output is None:
            return
        kept = {key: text for key, text in self.output.items() if key != "Traceback"}
        if "Data" in kept:
            kept["Data"] = {"TextPlain": _NO_OUTPUT}
        if "ErrorValue" in kept:
            kept["ErrorValue"] = kept["ErrorValue"][:_ERROR_CHARACTERS]
            kept["Traceback"] = []
        self.output = kept

    def shape(self) -> dict[str, Any]:
        """botocore's Statement."""
        shown: dict[str, Any] = {
            "Id": self.id,
            "Code": self.code,
            "State": self.state,
            "Progress": 1.0 if self.state in FINAL else self.progress,
            "StartedOn": self.started_on,
            "CompletedOn": self.completed_on,
        }
        if self.output is not None:
            shown["Output"] = self.output
        return shown
