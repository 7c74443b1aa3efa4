"""What a statement's result says: its framed answer, or why there is none."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING

import pytest
from glue_session import transport

from dbt.adapters.glue.answers import framed_answer
from dbt.adapters.glue.errors import StatementFailed
from dbt.adapters.glue.sessions.statement import StatementResult

if TYPE_CHECKING:
    from collections.abc import Callable


def result(text: str, state: str = "AVAILABLE", **error: str) -> StatementResult:
    return StatementResult("s-1", 7, state, "error" if error else "ok", text, **error)


def test_the_answer_is_found_among_what_was_printed() -> None:
    text = 'noise\n<<dbt-glue:ab>>{"rows": [[1]]}\n'
    assert framed_answer(result(text), "ab") == {"rows": [[1]]}


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (result('<<dbt-glue:ab>>{"rows": [[1'), "the result of statement s-1/7 arrived incomplete"),
        (
            result("", error_name="NameError", error_value="name 'x' is not defined"),
            "NameError: name 'x' is not defined",
        ),
        (result("", state="CANCELLED"), "statement s-1/7 ended as CANCELLED without a result"),
        (result('<<dbt-glue:cd>>{"a": 1}'), "ended as AVAILABLE without a result"),
    ],
)
def test_a_missing_answer_says_what_ended_the_statement(
    statement: StatementResult, why: str
) -> None:
    with pytest.raises(StatementFailed, match=why):
        framed_answer(statement, "ab")


def session_that_cuts(answer: str, limit: int, ran: list[str]) -> Callable[[str], StatementResult]:
    """Runs the session's own `print_piece`, and cuts what it prints."""

    def run(code: str) -> StatementResult:
        ran.append(code)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            transport._last.clear()
            transport._last["ab"] = answer
            eval(code, {"__dbt_glue__": transport})
        return result(printed.getvalue()[:limit])

    return run


def test_an_answer_that_was_cut_is_asked_for_in_pieces_that_arrive() -> None:
    answer = json.dumps({"rows": [["ä" * 5, number] for number in range(2000)]})
    for limit in (30_000, 9_000, 3_000):
        ran: list[str] = []
        cut = result(f"<<dbt-glue:ab>>{answer}"[:limit])
        assert framed_answer(cut, "ab", session_that_cuts(answer, limit, ran)) == json.loads(answer)
        assert len(ran) < 8 * len(answer) / limit + 8


def test_an_answer_of_which_no_piece_arrives_says_where_the_output_ends() -> None:
    ran: list[str] = []
    answer = json.dumps(["x" * 9_000])
    cut = result(f"<<dbt-glue:ab>>{answer}"[:8_000])
    with pytest.raises(StatementFailed, match=r"also in pieces: .* cut after 8000 characters"):
        framed_answer(cut, "ab", session_that_cuts(answer, 100, ran))
    assert len(ran) == 3
