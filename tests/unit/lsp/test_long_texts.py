"""Long models are analysed in another process: nothing waits for them that need not."""

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


def workers(client: WireClient) -> list[psutil.Process]:
    children = psutil.Process(client.process.pid).children()
    return [item for item in children if "glue_lsp.analysis_worker" in item.cmdline()]


def test_a_hover_looks_through_the_edit_while_the_text_is_analysed(
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
    assert waiting["id"] not in client._known
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


def test_texts_that_were_typed_over_are_not_analysed(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    asked = []
    for number in range(20):
        edit(client, uri, number + 2, str(200 + number))
        asked.append(pull(client, uri))
    answers = [client.answer(item["id"]) for item in asked]
    assert codes(answers[-1]) == ["GLU208"]
    assert {item["error"]["code"] for item in answers[:-2] if "error" in item} == {-32801}
    assert sum("result" in item for item in answers) <= 3


def test_a_process_that_dies_is_replaced(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    (worker,) = workers(client)
    worker.kill()
    worker.wait()
    for version, number in ((2, "300"), (3, "400")):
        edit(client, uri, version, number)
        assert codes(client.answer(pull(client, uri)["id"])) == ["GLU208"]


def test_the_process_ends_with_the_server(client: WireClient, uri: str) -> None:
    client.open(uri, LONG)
    client.answer(pull(client, uri)["id"])
    (worker,) = workers(client)
    client.process.kill()
    assert worker.wait(30) is not None or not worker.is_running()
