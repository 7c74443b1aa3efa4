"""What a statement's result says: its framed answer, or why there is none."""

from __future__ import annotations

import pytest

from dbt.adapters.glue.answers import framed_answer
from dbt.adapters.glue.errors import StatementFailed
from dbt.adapters.glue.sessions.statement import StatementResult


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
