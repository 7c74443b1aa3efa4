"""What travels to the session and back, run here in plain Python."""

from __future__ import annotations

import contextlib
import io
from types import SimpleNamespace
from typing import Any

import pytest
from glue_compiler.program.transport import (
    MAX_CODE,
    bootstrap_code,
    call_statements,
    new_nonce,
    parse_output,
    payload_statements,
    sql_request,
)
from glue_session.transport import keep_piece, whole_payload


def run(code: str, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<stdin>", "exec"), namespace)
    return printed.getvalue()


@pytest.fixture
def session() -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    run(bootstrap_code(), namespace)
    return namespace


def test_the_bootstrap_fits_and_is_done_once(session: dict[str, Any]) -> None:
    assert len(bootstrap_code()) <= MAX_CODE
    first = session["__dbt_glue__"]
    run(bootstrap_code(), session)
    assert session["__dbt_glue__"] is first
    assert set(session) <= {"__name__", "__builtins__", "__dbt_glue__"}


def test_the_runtime_is_no_importable_module(session: dict[str, Any]) -> None:
    import sys

    assert "__dbt_glue__" not in sys.modules


def test_an_error_comes_back_in_a_frame(session: dict[str, Any]) -> None:
    class Spark:
        catalog = None

        def sql(self, text: str) -> None:
            raise ValueError(f"no {text!r}")

    session["spark"] = Spark()
    nonce = new_nonce()
    (code,) = call_statements("sql", sql_request("select 'it''s \\\\ \"x\" ☃'"), nonce)
    framed, rest = parse_output(run(code, session), nonce)
    assert framed["error"]["type"] == "ValueError"
    assert "☃" in framed["error"]["message"]
    assert rest.strip() == ""


def test_long_payloads_travel_in_parts(session: dict[str, Any]) -> None:
    import random

    text = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=200_000))
    nonce = new_nonce()
    statements = call_statements("sql", sql_request(text), nonce)
    assert len(statements) > 2
    assert all(len(code) <= MAX_CODE for code in statements)
    seen: list[str] = []

    class Spark:
        def sql(self, sql: str) -> None:
            seen.append(sql)
            raise ValueError("seen")

    session["spark"] = Spark()
    output = "".join(run(code, session) for code in statements)
    assert seen == [text]
    assert parse_output(output, nonce)[0]["error"]["message"] == "seen"


def test_a_piece_that_is_missing_is_an_error(session: dict[str, Any]) -> None:
    _, second, call = payload_statements("sql", (), "x" * (2 * MAX_CODE), "ab")
    run(second, session)
    with pytest.raises(RuntimeError, match=r"pieces \[0\] of this payload never reached"):
        run(call, session)


@pytest.mark.parametrize("length", [0, 1, MAX_CODE, 3 * MAX_CODE])
def test_a_payload_arrives_whole_after_other_arguments(length: int) -> None:
    payload = "ab/+=" * (length // 5)
    found: list[Any] = []
    calls = SimpleNamespace(
        keep_piece=keep_piece, whole_payload=whole_payload, take=lambda *given: found.append(given)
    )
    for code in payload_statements("take", ("globals()['name']", "'x'"), payload, "cd"):
        assert len(code) <= MAX_CODE
        run(code, {"__dbt_glue__": calls, "name": "given"})
    assert found == [("given", "x", payload)]


def test_other_output_is_told_apart() -> None:
    nonce, other = new_nonce(), new_nonce()
    text = f'left over\n<<dbt-glue:{other}>>{{}}\nno newline<<dbt-glue:{nonce}>>{{"a":1}}\nlater'
    framed, rest = parse_output(text, nonce)
    assert framed == {"a": 1}
    assert rest == f"left over\n<<dbt-glue:{other}>>{{}}\nno newlinelater"
    assert parse_output(None, nonce) == (None, "")


def test_a_cut_frame_is_an_error() -> None:
    nonce = new_nonce()
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        parse_output(f'<<dbt-glue:{nonce}>>{{"rows":[[1', nonce)
