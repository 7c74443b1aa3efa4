"""Programs, plans and commands over the wire, and the lenses that offer them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = """def model(dbt, session):
    dbt.config(materialized="incremental", alias="all_orders")
    orders = dbt.ref("orders")
    if orders.count() == 0:
        return orders
    return orders.select("order_id")
"""


@pytest.fixture
def client() -> Iterator[WireClient]:
    with WireClient() as found:
        yield found


@pytest.fixture
def uri(project: Path) -> str:
    (project / "models/report.py").write_text("", encoding="utf-8")
    return (project / "models/report.py").as_uri()


def lenses(client: WireClient, uri: str) -> dict[str, str]:
    found = client.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert all(item["command"]["arguments"] == [uri] for item in found or ())
    assert all(item["range"]["start"]["line"] == 0 for item in found or ())
    return {item["command"]["command"]: item["command"]["title"] for item in found or ()}


def execute(client: WireClient, command: str, *arguments: Any) -> Any:
    return client.ask(
        "workspace/executeCommand", {"command": command, "arguments": list(arguments)}
    )


def test_the_program_and_the_plan_of_a_text_that_is_not_saved(
    client: WireClient, project: Path, uri: str
) -> None:
    client.initialize(project)
    client.open(uri, MODEL)
    found = client.ask("dbtGlue/program", {"textDocument": {"uri": uri}})
    assert (found["name"], found["languageId"]) == ("report.program.py", "python")
    compile(found["text"], "report", "exec")
    assert "    if orders.isEmpty():  # was: if orders.count() == 0:" in found["text"]
    assert "__dbt_glue" not in found["text"]
    asked = {"textDocument": {"uri": uri}, "mode": "incremental", "form": "wire"}
    incremental = client.ask("dbtGlue/program", asked)
    assert incremental["name"] == "report.wire.py"
    assert "__dbt_glue__.run_model(" in incremental["text"]
    plain = incremental["text"].replace("\\", "")
    assert '"is_incremental": true' in plain
    assert '"alias": "all_orders"' in plain
    plan = client.ask("dbtGlue/plan", asked)["markdown"]
    assert plan.startswith("# Plan of `report`")
    applied = plan.partition("## Applied")[2].partition("## Refused")[0]
    assert "| 4 | `emptiness` | stops at the first row" in applied


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("def model(dbt, session:\n", "fullRefresh", "not Python at the moment"),
        (MODEL, "sometimes", "mode is `incremental` or `fullRefresh`"),
        (MODEL.replace('"incremental"', "'table', optimize=3"), "fullRefresh", "optimize is true"),
    ],
)
def test_what_cannot_be_compiled_says_why(
    client: WireClient, project: Path, uri: str, text: str, mode: str, told: str
) -> None:
    client.initialize(project)
    client.open(uri, text)
    message = client.request("dbtGlue/program", {"textDocument": {"uri": uri}, "mode": mode})
    client.write(message)
    assert told in client.answer(message["id"])["error"]["message"]


def test_a_client_that_shows_files_is_shown_the_program(
    client: WireClient, project: Path, uri: str
) -> None:
    client.initialize(project, {"window": {"showDocument": {"support": True}}})
    client.open(uri, MODEL)
    assert set(lenses(client, uri)) >= {"dbtGlue.showProgram", "dbtGlue.showPlan"}
    assert "dbtGlue.runModel" not in lenses(client, uri)
    message = client.request(
        "workspace/executeCommand", {"command": "dbtGlue.showProgram", "arguments": [uri]}
    )
    client.write(message)
    shown = client.wait_for("window/showDocument")
    file = project / ".dbt_glue_cache/preview/report.program.py"
    assert shown["uri"] == file.as_uri()
    assert "isEmpty" in file.read_text(encoding="utf-8")


def test_a_client_that_can_do_nothing_is_offered_nothing_of_it(
    client: WireClient, project: Path, uri: str
) -> None:
    client.initialize(project)
    client.open(uri, MODEL)
    assert not {"dbtGlue.showProgram", "dbtGlue.runModel"} & set(lenses(client, uri))
    assert execute(client, "dbtGlue.showPlan", uri).startswith("# Plan of `report`")
    assert "__dbt_glue__.run_model(" in execute(client, "dbtGlue.showWireProgram", uri)


def test_a_client_gets_lenses_for_the_commands_that_it_carries_out(
    client: WireClient, project: Path, uri: str
) -> None:
    wanted = [
        f"dbtGlue.{name}" for name in ("validateModel", "showProgram", "showPlan", "runModel")
    ]
    client.initialize(project, options={"settings": {}, "trusted": True, "lensCommands": wanted})
    client.open(uri, MODEL)
    assert lenses(client, uri) == {
        "dbtGlue.validateModel": "Validate in session",
        "dbtGlue.showProgram": "Show program",
        "dbtGlue.showPlan": "Show plan",
        "dbtGlue.runModel": "Run",
    }
    assert set(wanted[1:]) <= set(client.capabilities["executeCommandProvider"]["commands"])
    ran = execute(client, "dbtGlue.runModel", uri)
    assert ran == {"command": "dbt run --select report", "cwd": str(project)}
    assert not [item for item in client.notifications if item["method"] == "window/showMessage"]


def test_lenses_stay_where_they_were_while_the_text_is_broken(
    client: WireClient, project: Path, uri: str
) -> None:
    client.initialize(project, options={"lensCommands": ["dbtGlue.runModel"]})
    client.open(uri, MODEL)
    assert set(lenses(client, uri)) >= {"dbtGlue.runModel"}
    broken = MODEL.replace("orders.select(", "orders.select((")
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": broken}]}
    client.notify("textDocument/didChange", change)
    assert set(lenses(client, uri)) >= {"dbtGlue.runModel"}


def test_a_rule_is_explained(client: WireClient, project: Path) -> None:
    client.initialize(project)
    text = execute(client, "dbt-glue.explainRule", "GLU208", "https://example.org")
    assert text.startswith("GLU208 ")
    assert "GLU208" in client.wait_for("window/showMessage")["message"]


def test_a_command_with_wrong_arguments_is_refused(client: WireClient, project: Path) -> None:
    client.initialize(project)
    message = client.request("workspace/executeCommand", {"command": "dbtGlue.runModel"})
    client.write(message)
    told = client.answer(message["id"])["error"]
    assert (told["code"], "missing a required argument" in told["message"]) == (-32602, True)


@pytest.mark.parametrize("settings", [{"pylsp": {"plugins": {}}}, {}, [], "x"])
def test_settings_of_other_servers_are_none_of_ours(
    client: WireClient, project: Path, settings: Any
) -> None:
    client.initialize(project)
    client.notify("workspace/didChangeConfiguration", {"settings": settings})
    assert client.ask("workspace/symbol", {"query": "orders"})
    told = [json.dumps(item) for item in client.notifications]
    assert not [text for text in told if "unknown key" in text]
