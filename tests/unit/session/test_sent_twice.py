"""A statement that reaches a session twice runs once: its answer got lost, and it came into Glue's list too late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.program.transport import call_statements, new_nonce, parse_output
from glue_session import answers, model, transport

if TYPE_CHECKING:
    from collections.abc import Callable


class Calls:
    """What statements call here: the second function notes that it ran."""

    keep_piece = staticmethod(transport.keep_piece)
    whole_payload = staticmethod(transport.whole_payload)

    def __init__(self, run: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self._run = run

    def sql(self, packed: str) -> None:
        answers.print_answer(packed, self._run)


def test_its_answer_comes_once_more(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []
    calls = Calls(lambda request: (ran.append(request["sql"]), {"rows": len(ran)})[1])
    nonce, next_one = new_nonce(), new_nonce()
    (statement,) = call_statements("sql", {"sql": "insert"}, nonce)
    for _ in range(2):
        exec(statement, {"__dbt_glue__": calls})
        assert parse_output(capsys.readouterr().out, nonce)[0] == {"rows": 1}
    exec(call_statements("sql", {"sql": "next"}, next_one)[0], {"__dbt_glue__": calls})
    assert parse_output(capsys.readouterr().out, next_one)[0] == {"rows": 2}
    with pytest.raises(RuntimeError, match="it has run, once, and its answer is not kept"):
        exec(statement, {"__dbt_glue__": calls})
    assert ran == ["insert", "next"]


def test_one_that_was_interrupted_does_not_run_again() -> None:
    ran: list[str] = []

    def interrupted(request: dict[str, Any]) -> dict[str, Any]:
        ran.append(request["sql"])
        raise KeyboardInterrupt

    (statement,) = call_statements("sql", {"sql": "insert"}, new_nonce())
    with pytest.raises(KeyboardInterrupt):
        exec(statement, {"__dbt_glue__": Calls(interrupted)})
    with pytest.raises(RuntimeError, match="reached the session twice"):
        exec(statement, {"__dbt_glue__": Calls(interrupted)})
    assert ran == ["insert"]


def test_one_that_came_in_pieces_answers_once_more_too(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[int] = []
    calls = Calls(lambda _: (ran.append(1), {"rows": len(ran)})[1])
    sql = "".join(new_nonce() for _ in range(20_000))
    nonce = new_nonce()
    *pieces, statement = call_statements("sql", {"sql": sql}, nonce)
    assert pieces
    for code in (*pieces, statement):
        exec(code, {"__dbt_glue__": calls})
    assert parse_output(capsys.readouterr().out, nonce)[0] == {"rows": 1}
    exec(statement, {"__dbt_glue__": calls})
    assert parse_output(capsys.readouterr().out, nonce)[0] == {"rows": 1}

    *others, next_one = call_statements("sql", {"sql": sql}, new_nonce())
    for code in (*others, next_one):
        exec(code, {"__dbt_glue__": calls})
    assert ran == [1, 1]
    assert len(transport._pieces) == 1  # those of one payload are kept
    with pytest.raises(RuntimeError, match="never reached the session"):
        exec(statement, {"__dbt_glue__": calls})


def test_a_model_runs_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = new_nonce()
    request = json.dumps({"file": "m.py"})
    ran: list[str] = []
    monkeypatch.setattr(model, "_run", lambda *asked: (ran.append(asked[1]), {"rows": 3})[1])
    for _ in range(2):
        model.run_model({}, source="x", request=request, nonce=nonce)
        assert (parse_output(capsys.readouterr().out, nonce)[0] or {})["rows"] == 3
    assert ran == ["x"]
