"""What a statement of the session runtime answered: the framed JSON in what it printed, or why there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.program.transport import new_nonce, parse_output, piece_statement

from dbt.adapters.glue.errors import AnswerCut, StatementFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.statement import StatementResult

__all__ = ["end_of", "framed_answer"]

logger = AdapterLogger("Glue")


_SHORTEST = 1_000
"""Characters of a piece: what does not arrive with so few does not arrive at all."""


def framed_answer(
    result: StatementResult, nonce: str, run: Callable[[str], StatementResult] | None = None
) -> dict[str, Any]:
    """The framed JSON that a statement printed under `nonce`. What it printed besides goes to the log.

    One that was cut short is asked for again in pieces, where `run` runs a statement in the same session.
    Else raises AnswerCut; StatementFailed where the frame is missing, with what ended the statement.
    """
    try:
        framed, printed = parse_output(result.text, nonce)
    except ValueError as error:
        if run is not None and not result.failed:
            return _in_pieces(result, nonce, run)
        raise AnswerCut(
            f"the result of statement {result.query_id} arrived incomplete: {error}"
        ) from error
    if printed.strip():
        logger.debug(f"{result.query_id} printed: {printed.strip()}")
    if framed is None:
        if run is not None and not result.failed:
            return _in_pieces(result, nonce, run)
        missing = StatementFailed if result.failed else AnswerCut
        raise missing(end_of(result))
    return dict(framed)


def _in_pieces(
    result: StatementResult, nonce: str, run: Callable[[str], StatementResult]
) -> dict[str, Any]:
    """An answer that is still in the session, in pieces as long as they arrive."""
    arrived, length, text = len(result.text or ""), len(result.text or "") // 2, ""
    logger.debug(f"{result.query_id} was cut after {arrived} characters: asking for it in pieces")
    while length >= _SHORTEST:
        mark = new_nonce()
        answer = run(piece_statement(nonce, len(text), length, mark))
        try:
            piece, _ = parse_output(answer.text, mark)
        except ValueError:
            piece = None
        if answer.failed:
            raise StatementFailed(end_of(answer))
        if piece is None:
            length //= 2
            continue
        text += piece["piece"]
        if len(text) >= piece["size"]:
            return dict(json.loads(text))
    raise StatementFailed(
        f"the result of statement {result.query_id} arrived incomplete, also in pieces: the session's output is cut "
        f"after {arrived} characters"
    )


def end_of(result: StatementResult) -> str:
    """How a statement without an answer ended: the session's error, or Glue's state. Its traceback goes to the log."""
    if result.traceback:
        logger.debug("\n".join(row.rstrip() for row in result.traceback))
    if result.error_name:
        return f"{result.error_name}: {result.error_value}"
    return f"statement {result.query_id} ended as {result.state} without a result"
