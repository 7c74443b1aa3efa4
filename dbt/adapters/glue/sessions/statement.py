"""What Glue says of a statement that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["STATEMENT_ENDED", "StatementResult", "result_of"]

STATEMENT_ENDED = frozenset({"AVAILABLE", "COMPLETED", "ERROR", "FAILED", "CANCELLED"})


@dataclass(frozen=True)
class StatementResult:
    """What Glue says of a statement that has ended. `status` is `ok` or `error`, as from Livy."""

    session_id: str
    statement_id: int
    state: str
    status: str
    text: str
    error_name: str = ""
    error_value: str = ""
    traceback: tuple[str, ...] = ()

    @property
    def query_id(self) -> str:
        return f"{self.session_id}/{self.statement_id}"

    @property
    def failed(self) -> bool:
        return (self.state != "AVAILABLE" and self.state != "COMPLETED") or self.status == "error"


def result_of(session_id: str, statement_id: int, statement: dict[str, Any]) -> StatementResult:
    """The result of a statement that has ended, from GetStatement's Statement."""
    output = statement.get("Output") or {}
    return StatementResult(
        session_id=session_id,
        statement_id=statement_id,
        state=str(statement["State"]),
        status=str(output.get("Status") or "").lower(),
        text=str((output.get("Data") or {}).get("TextPlain") or ""),
        error_name=str(output.get("ErrorName") or ""),
        error_value=str(output.get("ErrorValue") or ""),
        traceback=tuple(output.get("Traceback") or ()),
    )
