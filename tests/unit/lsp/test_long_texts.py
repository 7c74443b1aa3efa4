"""Long models: an edit costs what it touches, so that nothing waits for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEP = (
    '    frame_{n} = orders.withColumn("c_{n}", F.col("amount") * {n})\n'
    '    frame_{n} = frame_{n}.filter(F.col("c_{n}") > {n}).select("order_id", "c_{n}")\n'
    '    result = result.join(frame_{n}, "order_id", "left")\n'
)
LONG = (
    "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n    limit = 100\n"
    '    orders = dbt.ref("orders")\n    wrong = dbt.ref("order")\n'
    '    result = orders.select("order_id")\n'
    + "".join(STEP.format(n=number) for number in range(120))
    + "    return result\n"
)
SHORT = 'def model(dbt, session):\n    return dbt.ref("orders")\n'


@pytest.fixture
def client(project: Path) -> Iterator[WireClient]:
    with WireClient() as found:
        found.initialize(project, {"textDocument": {"diagnostic": {}}})
        yield found


@pytest.fixture
def uri(project: Path) -> str:
    return (project / "models/long.py").as_uri()


def pull(client: WireClient, uri: str) -> dict[str, Any]:
    message = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    client.write(message)
    return message


def codes(answer: dict[str, Any]) -> list[str]:
    return [item["code"] for item in answer["result"]["items"]]


def edit(client: WireClient, uri: str, version: int, text: str) -> None:
    """Write another number behind `limit = `, which has three digits."""
    where = {"start": {"line": 4, "character": 12}, "end": {"line": 4, "character": 15}}
    changes = [{"range": where, "text": text}]
    document = {"uri": uri, "version": version}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def hover(uri: str, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


def test_a_hover_right_after_an_edit_sees_the_new_text(
    client: WireClient, project: Path, uri: str
) -> None:
    assert len(LONG) > 12_000
    client.open(uri, LONG)
    assert codes(client.answer(pull(client, uri)["id"])) == ["GLU208"]
    short = (project / "models/short.py").as_uri()
    client.open(short, SHORT)
    edit(client, uri, 2, "200\n    # one more line")
    waiting = pull(client, uri)
    found = client.ask("textDocument/hover", hover(uri, 6, 22))
    assert "One row per order" in found["contents"]["value"]
    assert found["range"]["start"]["line"] == 6
    assert client.ask("textDocument/hover", hover(short, 1, 22)) is not None
    answer = client.answer(waiting["id"])
    assert [item["range"]["start"]["line"] for item in answer["result"]["items"]] == [7]


def test_what_the_edit_touched_is_answered_from_the_new_text(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    edit(client, uri, 2, 'dbt.ref("customers")')
    found = client.ask("textDocument/hover", hover(uri, 4, 24))
    assert "customers" in found["contents"]["value"]


def test_a_broken_long_text_is_no_reason_to_wait(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    edit(client, uri, 2, "(((")
    assert "GLU001" in codes(client.answer(pull(client, uri)["id"]))
    found = client.ask("textDocument/hover", hover(uri, 5, 22))
    assert "One row per order" in found["contents"]["value"]
    place = client.ask("textDocument/definition", hover(uri, 5, 22))
    assert place[0]["uri"].endswith("orders.sql")


def test_each_of_many_edits_is_answered_or_was_typed_over(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    asked = []
    for number in range(20):
        edit(client, uri, number + 2, str(200 + number))
        asked.append(pull(client, uri))
    answers = [client.answer(item["id"]) for item in asked]
    assert codes(answers[-1]) == ["GLU208"]
    assert {item["error"]["code"] for item in answers if "error" in item} <= {-32801}


def test_one_process_is_enough(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    assert psutil.Process(client.process.pid).children() == []


@pytest.mark.parametrize("indented", ["\t", "    "])
def test_facts_of_an_edited_text_are_those_of_the_text(
    client: WireClient, uri: str, indented: str
) -> None:
    text = LONG.replace("    ", indented)
    client.open(uri, text)
    before = client.answer(pull(client, uri)["id"])
    assert [item["range"]["start"]["line"] for item in before["result"]["items"]] == [6]
    where = {"start": {"line": 5, "character": 0}, "end": {"line": 5, "character": 0}}
    lines = f"{indented}other = dbt.ref('nothing')\n" * 2
    document = {"uri": uri, "version": 2}
    change = {"textDocument": document, "contentChanges": [{"range": where, "text": lines}]}
    client.notify("textDocument/didChange", change)
    found = client.answer(pull(client, uri)["id"])["result"]["items"]
    assert [item["range"]["start"]["line"] for item in found] == [5, 6, 8]
