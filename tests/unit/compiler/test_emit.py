"""The emitted program: any text survives it, nothing in it is code but the one call, long ones arrive in parts."""

from __future__ import annotations

import ast
import json
from random import Random
from typing import Any

import pytest
from glue_compiler.program.emit import (
    Program,
    ProgramRequest,
    WriteTarget,
    emit,
    nonce_of,
    statements_of,
)
from glue_compiler.program.request import Reference, This
from glue_compiler.program.transport import MAX_CODE
from glue_session import transport as session_transport
from hypothesis import given
from hypothesis import strategies as st

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)


def request(source: str, **fields: Any) -> ProgramRequest:
    return ProgramRequest(
        **{
            "unique_id": "model.shop.orders",
            "filename": "models/orders.py",
            "source": source,
            "this": This(None, "s", "orders", "`s`.`orders`"),
            "target": WriteTarget("`s`.`orders__dbt_new`", "s3://b/s/orders/v1"),
            "nonce": "0123abcd",
            **fields,
        }
    )


class Session:
    """What a session would hand to run_model, instead of running it."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def run_model(self, session_globals: dict[str, Any], **call: Any) -> None:
        self.calls.append(call)

    def run_packed(self, session_globals: dict[str, Any], packed: str) -> None:
        exec(session_transport.decompress(packed), {"__dbt_glue__": self})

    keep_piece = staticmethod(session_transport.keep_piece)
    whole_payload = staticmethod(session_transport.whole_payload)


def arrived(program: Program) -> dict[str, Any]:
    session = Session()
    for statement in program.statements:
        assert len(statement) <= MAX_CODE
        exec(compile(statement, "<statement>", "exec"), {"__dbt_glue__": session})
    (call,) = session.calls
    return call


@given(source=ANY_TEXT, value=ANY_TEXT, name=ANY_TEXT)
def test_any_text_arrives_as_it_is(source: str, value: str, name: str) -> None:
    program = emit(
        request(
            source,
            filename=name,
            config={"value": value},
            refs=(Reference(name, value, package=None, version=None),),
        )
    )
    call = arrived(program)
    assert call["source"] == source
    assert call["nonce"] == "0123abcd" == nonce_of(program.text)
    asked = json.loads(call["request"])
    assert asked["config"]["value"] == value
    assert asked["file"] == name
    assert asked["refs"] == [
        {
            "name": name,
            "relation": value,
            "package": None,
            "version": None,
            "query": None,
            "limit": None,
            "period": None,
        }
    ]


@given(source=ANY_TEXT, value=ANY_TEXT)
def test_a_program_is_one_call_with_constants(source: str, value: str) -> None:
    program = emit(request(source, unique_id=value, config={"value": value}))
    assert program.text.isascii()
    (statement,) = ast.parse(program.text).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert ast.unparse(statement.value.func) == "__dbt_glue__.run_model"
    assert [ast.unparse(argument) for argument in statement.value.args] == ["globals()"]
    assert all(isinstance(keyword.value, ast.Constant) for keyword in statement.value.keywords)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n",
        "x = 1",
        "x = '''\r\n'''\r\n",
        "\x0c\x00\u2028\ufeff",
        "\\' \" ''' \"\"\" \\\n",
        "s = '\ud800'",
        "# {{ ref('x') }} {% raw %}\n",
    ],
)
def test_texts_that_break_naive_quoting(source: str) -> None:
    assert arrived(emit(request(source)))["source"] == source


def test_a_readable_program_shows_the_source_line_by_line() -> None:
    text = emit(request("import os\n\ndef model(dbt, session):\n    return None\n")).text
    assert (
        "    source=(\n"
        "        'import os\\n'\n"
        "        '\\n'\n"
        "        'def model(dbt, session):\\n'\n"
        "        '    return None\\n'\n"
        "    ),\n"
    ) in text


@pytest.mark.parametrize(
    ("characters", "letters", "in_parts"),
    [(50_000, 60, False), (80_000, 4, False), (400_000, 90, True)],
)
def test_long_programs_fit_into_statements(characters: int, letters: int, in_parts: bool) -> None:
    random = Random(7)
    source = "".join(chr(33 + random.randrange(letters)) for _ in range(characters))
    program = emit(request(source))
    assert (len(program.statements) > 1) == in_parts
    assert program.statements == statements_of(program.text)
    assert arrived(program)["source"] == source


def test_the_nonce_is_the_calls_own_whatever_the_model_says() -> None:
    program = emit(request('nonce="ffff",\n)\n'))
    assert nonce_of(program.text) == "0123abcd"
    assert nonce_of(f"\n  {program.text.strip()}\n") == "0123abcd"


def test_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not a program"):
        nonce_of("print(1)")
    with pytest.raises(ValueError, match="hexadecimal"):
        emit(request("", nonce='"); x('))
