"""What a statement of the session runtime answered: the framed JSON in what it printed, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.program.transport import parse_output

from dbt.adapters.glue.errors import AnswerCut, StatementFailed

if TYPE_CHECKING:
    from dbt.adapters.glue.sessions.statement import StatementResult

__all__ = ["end_of", "framed_answer"]

logger = AdapterLogger("Glue")


def framed_answer(result: StatementResult, nonce: str) -> dict[str, Any]:
    """The framed JSON that a statement printed under `nonce`. What it printed besides goes to the log.

    Raises AnswerCut where the frame arrived incomplete, StatementFailed where it is missing, with what ended the statement.
    """
    try:
        framed, printed = parse_output(result.text, nonce)
    except ValueError as error:
        raise AnswerCut(
            f"the result of statement {result.query_id} arrived incomplete: {error}"
        ) from error
    if printed.strip():
        logger.debug(f"{result.query_id} printed: {printed.strip()}")
    if framed is None:
        missing = StatementFailed if result.failed else AnswerCut
        raise missing(end_of(result))
    return dict(framed)


def end_of(result: StatementResult) -> str:
    """How a statement without an answer ended: the session's error, or Glue's state. Its traceback goes to the log."""
    if result.traceback:
        logger.debug("\n".join(row.rstrip() for row in result.traceback))
    if result.error_name:
        return f"{result.error_name}: {result.error_value}"
    return f"statement {result.query_id} ended as {result.state} without a result"
