"""Validation from an editor: over the wire, with the server, its child process and a session that are real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.integration.validation.conftest import PATIENCE, SPENT
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark

WRONG = SPENT.replace('F.sum("amount")', 'F.sum("amuont")')
CAPABILITIES = {
    "window": {"workDoneProgress": True},
    "textDocument": {"publishDiagnostics": {"codeDescriptionSupport": True, "dataSupport": True}},
}


@pytest.fixture
def client() -> Iterator[WireClient]:
    with WireClient(seconds=PATIENCE) as found:
        yield found


@pytest.fixture
def uri(shop: Path) -> str:
    return (shop / "models/spent.py").as_uri()


def execute(client: WireClient, command: str, *arguments: Any) -> dict[str, Any]:
    return client.request(
        "workspace/executeCommand", {"command": command, "arguments": list(arguments)}
    )


def ask(client: WireClient, command: str, *arguments: Any) -> Any:
    message = execute(client, command, *arguments)
    client.write(message)
    answer = client.answer(message["id"])
    assert "error" not in answer, answer["error"]
    return answer["result"]


def diagnostics_where(client: WireClient, uri: str, code: str) -> list[dict[str, Any]]:
    """The next published findings that have one of the code."""
    while True:
        found = client.wait_for("textDocument/publishDiagnostics", uri)["diagnostics"]
        if any(str(item["code"]).startswith(code) for item in found):
            return [item for item in found if str(item["code"]).startswith(code)]


def validators(client: WireClient) -> list[psutil.Process]:
    children = psutil.Process(client.process.pid).children(recursive=True)
    return [item for item in children if "dbt.adapters.glue.validation" in item.cmdline()]


def test_spark_s_error_is_shown_at_the_line_and_moves_with_the_text(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, CAPABILITIES, {"trusted": True})
    client.open(uri, WRONG)
    answer = ask(client, "dbtGlue.validateModel", uri)
    assert answer["ok"] is False
    assert answer["problems"] == 1
    (item,) = diagnostics_where(client, uri, "UNRESOLVED_COLUMN")
    line = WRONG.splitlines().index(
        '    return orders.groupBy("customer").agg(F.sum("amuont").alias("spent"))'
    )
    assert item["source"] == "spark"
    assert item["severity"] == 1
    assert item["range"]["start"] == {"line": line, "character": 49}
    assert item["range"]["end"] == {"line": line, "character": 55}
    assert "`amount`" in item["message"]
    assert item["codeDescription"]["href"].endswith("/validation/")
    where = {"line": 0, "character": 0}
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": uri, "version": 2},
            "contentChanges": [{"range": {"start": where, "end": where}, "text": "\n"}],
        },
    )
    while True:
        (moved,) = diagnostics_where(client, uri, "UNRESOLVED_COLUMN")
        if moved["range"]["start"]["line"] == line + 1:
            break
    assert client.leave() == 0


def test_the_schemas_of_a_model_say_where_they_come_from(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, {}, {"trusted": True})
    client.open(uri, SPENT)
    assert ask(client, "dbtGlue.refreshSchemas", uri)["refreshed"] == 1
    assert client.wait_for("dbtGlue/schemasChanged", uri)
    result = ask(client, "dbtGlue.validateModel", uri)
    assert result["ok"]
    assert client.wait_for("dbtGlue/schemasChanged", uri)
    while True:
        found = client.ask("dbtGlue/schemas", {"textDocument": {"uri": uri}})
        if found["output"]["provenance"] == "session":
            break
    (orders,) = found["relations"]
    assert (orders["kind"], orders["name"], orders["provenance"]) == ("ref", "orders", "session")
    assert orders["path"] == "models/orders.sql"
    assert orders["columns"][1]["type"] == "decimal(10,2)"
    assert orders["fetchedAt"]
    assert not orders["stale"]
    assert found["output"]["columns"][1]["name"] == "spent"
    assert found["output"]["columns"][1]["type"] == "decimal(20,2)"
    position = {"line": 4, "character": SPENT.splitlines()[4].index('orders"')}
    asked = {"textDocument": {"uri": uri}, "position": position}
    hover = client.ask("textDocument/hover", asked)["contents"]["value"]
    assert "columns from the session, just now" in hover
    assert "amount" in hover


def test_nothing_runs_in_a_workspace_that_is_not_trusted(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, CAPABILITIES, {"settings": {"validateOnSave": True}})
    client.open(uri, SPENT)
    for command, arguments in (
        ("dbtGlue.validateModel", [uri]),
        ("dbtGlue.refreshSchemas", [uri]),
        ("dbtGlue.refreshSchemas", []),
        ("dbtGlue.startSession", []),
    ):
        message = execute(client, command, *arguments)
        client.write(message)
        error = client.answer(message["id"])["error"]
        assert error["code"] == -32803
        assert "not trusted" in error["message"]
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    client.ask("dbtGlue/schemas", {"textDocument": {"uri": uri}})
    assert validators(client) == []
    client.notify("dbtGlue/trust", {"trusted": True})
    assert ask(client, "dbtGlue.validateModel", uri)["ok"]
    assert len(validators(client)) == 1


def test_a_model_is_validated_on_save_when_this_is_asked_for(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, {}, {"trusted": True, "settings": {"validateOnSave": True}})
    client.open(uri, WRONG)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    (item,) = diagnostics_where(client, uri, "UNRESOLVED_COLUMN")
    assert item["severity"] == 1


def test_what_a_session_finds_is_as_severe_as_the_editor_says(
    client: WireClient, shop: Path, uri: str
) -> None:
    settings = {"severity": {"GLU62": "hint"}}
    client.initialize(shop, {}, {"trusted": True, "settings": settings})
    client.open(uri, "def model(dbt, session):\n    return {}['customer']\n")
    ask(client, "dbtGlue.validateModel", uri)
    (item,) = diagnostics_where(client, uri, "GLU62")
    assert item["severity"] == 4


def test_progress_and_status_tell_what_is_going_on(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, CAPABILITIES, {"trusted": True})
    client.open(uri, SPENT)
    ask(client, "dbtGlue.startSession")
    states = [
        (message["params"]["state"], message["params"]["session"]["state"])
        for message in client.notifications
        if message["method"] == "dbtGlue/status"
    ]
    assert states[0] == ("validating", "off")
    assert ("validating", "starting") in states
    assert states[-1] == ("ready", "ready")
    told = client.notifications[-1]["params"]["session"]["detail"]
    assert told.startswith("local endpoint, Glue 5.1")
    kinds = [
        message["params"]["value"]["kind"]
        for message in client.notifications
        if message["method"] == "$/progress"
    ]
    assert kinds[0] == "begin"
    assert kinds[-1] == "end"
    assert ask(client, "dbtGlue.stopSession")["state"] == "off"


def test_a_validation_is_cancelled_from_its_progress(
    client: WireClient, shop: Path, uri: str
) -> None:
    slow = SPENT.replace("    return", "    while True:\n        pass\n    return")
    client.initialize(shop, CAPABILITIES, {"trusted": True})
    client.open(uri, slow)
    ask(client, "dbtGlue.startSession")
    message = execute(client, "dbtGlue.validateModel", uri)
    client.write(message)
    while client.wait_for("dbtGlue/status")["session"]["state"] != "busy":
        pass
    begun = [
        item["params"]
        for item in client.notifications
        if item["method"] == "$/progress" and item["params"]["value"]["kind"] == "begin"
    ]
    client.notify("window/workDoneProgress/cancel", {"token": begun[-1]["token"]})
    assert client.answer(message["id"])["error"]["code"] == -32800
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": SPENT}]}
    client.notify("textDocument/didChange", change)
    assert ask(client, "dbtGlue.validateModel", uri)["ok"]


def test_the_process_that_is_killed_is_told_and_replaced(
    client: WireClient, shop: Path, uri: str
) -> None:
    client.initialize(shop, CAPABILITIES, {"trusted": True})
    client.open(uri, SPENT)
    ask(client, "dbtGlue.startSession")
    (process,) = validators(client)
    client.settle()  # the start of the session has said the same
    message = execute(client, "dbtGlue.validateModel", uri)
    client.write(message)
    while client.wait_for("dbtGlue/status")["state"] != "validating":
        pass
    process.kill()
    error = client.answer(message["id"])["error"]["message"]
    assert "ended with status -9" in error
    assert ask(client, "dbtGlue.validateModel", uri)["ok"]
