"""Whole projects over the wire: checked beside with progress, renamed, watched, with settings and folders of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import pytest

from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = 'def model(dbt, session):\n    return dbt.ref("orders")\n'
WRONG = MODEL.replace('"orders"', '"order"')
RENAMES = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["rename"]},
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
    }
}


@pytest.fixture
def client() -> Iterator[WireClient]:
    with WireClient() as found:
        yield found


def file_of(uri: str) -> str:
    return unquote(urlparse(uri).path)


def applied(root: Path, edit: dict[str, Any]) -> dict[str, str]:
    """What the files of a project are after an edit of it, as an editor of UTF-16 positions applies it."""
    files = {
        str(path): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and ".dbt_glue_cache" not in path.parts
    }
    for change in edit["documentChanges"]:
        if change.get("kind") == "rename":
            files[file_of(change["newUri"])] = files.pop(file_of(change["oldUri"]))
            continue
        name = file_of(change["textDocument"]["uri"])
        lines = files[name].split("\n")
        for row in sorted(change["edits"], key=lambda item: str(item["range"]), reverse=True):
            start, end = row["range"]["start"], row["range"]["end"]
            assert start["line"] == end["line"]
            line = lines[start["line"]].encode("utf-16-le")
            head, tail = line[: 2 * start["character"]], line[2 * end["character"] :]
            new = row["newText"].encode("utf-16-le")
            lines[start["line"]] = (head + new + tail).decode("utf-16-le")
        files[name] = "\n".join(lines)
    return {name[len(str(root)) + 1 :]: text for name, text in files.items()}


def test_a_rename_reaches_every_file_that_names_the_model(
    client: WireClient, project: Path
) -> None:
    more = {
        "tests/no_orders.sql": "-- \N{GRINNING FACE} {{ ref('shop', 'orders') }}\nselect 1 from {{ ref('orders') }}",
        "analyses/all.sql": "select * from {{ ref('other', 'orders') }}",
        "macros/all.sql": "{% macro all() %}{{ ref('orders') }}{% endmacro %}",
        "models/more.yml": (
            "exposures:\n  - name: board\n    depends_on: [ref('orders')]\n"
            "unit_tests:\n  - name: adds\n    model: orders\n"
            "    given: [{input: ref('orders'), rows: []}]\n"
        ),
        "dbt_packages/other/dbt_project.yml": "name: other\n",
        "dbt_packages/other/models/orders.sql": "select 2 as id",
        "models/both.py": (
            "def model(dbt, session):\n"
            "    theirs = dbt.ref('other', 'orders')\n"
            "    return theirs.join(dbt.ref('shop', 'orders'), 'id')\n"
        ),
    }
    for name, text in more.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    uri = (project / "models/report.py").as_uri()
    (project / "models/report.py").write_text(MODEL, encoding="utf-8")
    client.initialize(project, RENAMES)
    client.open(uri, MODEL, version=7)
    here = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 22}}
    assert client.ask("textDocument/prepareRename", here)["placeholder"] == "orders"
    edit = client.ask("textDocument/rename", {**here, "newName": "sales"})
    versions = {
        file_of(change["textDocument"]["uri"]).rpartition("/")[2]: change["textDocument"]["version"]
        for change in edit["documentChanges"]
        if "textDocument" in change
    }
    assert versions.pop("report.py") == 7
    assert set(versions.values()) == {None}
    files = applied(project, edit)
    assert "models/orders.sql" not in files
    assert files["models/sales.sql"] == "select 1 as id"
    assert files["tests/no_orders.sql"] == more["tests/no_orders.sql"].replace(
        "'orders'", "'sales'"
    )
    assert files["analyses/all.sql"] == more["analyses/all.sql"]
    assert "ref('sales')" in files["macros/all.sql"]
    assert files["models/more.yml"] == more["models/more.yml"].replace("orders", "sales")
    assert "dbt.ref('other', 'orders')" in files["models/both.py"]
    assert "dbt.ref('shop', 'sales')" in files["models/both.py"]
    assert "- name: sales\n    description: One row per order" in files["models/schema.yml"]
    assert files["dbt_packages/other/models/orders.sql"] == "select 2 as id"


@pytest.mark.parametrize(("name", "told"), [("customers", "already"), ("a b", "letters")])
def test_a_name_that_cannot_be_had_is_refused(
    client: WireClient, project: Path, name: str, told: str
) -> None:
    uri = (project / "models/report.py").as_uri()
    client.initialize(project, RENAMES)
    client.open(uri, MODEL)
    here = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 22}}
    message = client.request("textDocument/rename", {**here, "newName": name})
    client.write(message)
    assert told in client.answer(message["id"])["error"]["message"]
    assert client.errors == ""


MANY = 150
"""Models whose check is not over before the client has said that it may be told of it, on a busy machine too."""


@pytest.mark.parametrize("progress", [True, False])
def test_a_check_of_many_models_tells_how_far_it_is(
    client: WireClient, project: Path, progress: bool
) -> None:
    for number in range(MANY):
        (project / f"models/model_{number}.py").write_text(WRONG, encoding="utf-8")
    client.initialize(project, {"window": {"workDoneProgress": progress}})
    uris = {(project / f"models/model_{number}.py").as_uri() for number in range(MANY)}
    while uris:
        found = client.wait_for("textDocument/publishDiagnostics")
        assert {item["code"] for item in found["diagnostics"]} <= {"GLU208"}
        uris.discard(found["uri"])
    assert client.ask("workspace/symbol", {"query": "orders"})
    kinds = [
        item["params"]["value"]["kind"]
        for item in client.notifications
        if item["method"] == "$/progress"
    ]
    if progress:
        assert kinds[0] == "begin"
        assert set(kinds) <= {"begin", "report", "end"}
    else:
        assert kinds == []


def test_the_files_of_the_profile_and_the_project_are_watched(
    client: WireClient, project: Path
) -> None:
    client.initialize(project, RENAMES)
    asked = client.wait_for("client/registerCapability")
    (watched,) = [
        item
        for item in asked["registrations"]
        if item["method"] == "workspace/didChangeWatchedFiles"
    ]
    patterns = [item["globPattern"] for item in watched["registerOptions"]["watchers"]]
    assert "**/*.{py,sql,yml,yaml,csv}" in patterns
    assert any(isinstance(item, dict) and item["pattern"] == "profiles.yml" for item in patterns)


def codes(client: WireClient, uri: str) -> list[str]:
    return [
        item["code"]
        for item in client.wait_for("textDocument/publishDiagnostics", uri)["diagnostics"]
    ]


def until(client: WireClient, uri: str, wanted: list[str]) -> None:
    """Wait until the findings in a document are these."""
    while codes(client, uri) != wanted:
        pass


def test_a_saved_and_a_watched_file_count_without_a_restart(
    client: WireClient, project: Path
) -> None:
    uri = (project / "models/report.py").as_uri()
    client.initialize(project)
    client.open(uri, WRONG)
    until(client, uri, ["GLU208"])
    (project / "models/order.sql").write_text("select 1 as id", encoding="utf-8")
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    until(client, uri, [])
    (project / "models/order.sql").unlink()
    event = {"uri": (project / "models/order.sql").as_uri(), "type": 3}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    until(client, uri, ["GLU208"])
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    until(client, uri, [])


def test_the_select_list_of_a_sql_model_counts_as_it_is_now(
    client: WireClient, project: Path
) -> None:
    """Through a second SQL model, whose own text stays as it is."""
    uri = (project / "models/report.py").as_uri()
    lines = project / "models/lines.sql"
    (project / "models/all_lines.sql").write_text("select * from {{ ref('lines') }}", "utf-8")
    lines.write_text("select 1 as id", "utf-8")
    client.initialize(project)
    client.open(uri, MODEL.replace('"orders")', '"all_lines").select("id", "amount")'))
    until(client, uri, ["GLU601"])
    for text, wanted in (
        ("select 1 as id, 2 as amount", []),
        ("select 1 as id", ["GLU601"]),
        ("select {{ columns() }}", []),
    ):
        lines.write_text(text, "utf-8")
        event = {"uri": lines.as_uri(), "type": 2}
        client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
        until(client, uri, wanted)


def test_a_model_that_dbt_ignores_has_no_findings(client: WireClient, project: Path) -> None:
    uri = (project / "models/report.py").as_uri()
    client.initialize(project, RENAMES)
    asked = client.wait_for("client/registerCapability")
    assert "**/.dbtignore" in json.dumps(asked)
    client.open(uri, WRONG)
    until(client, uri, ["GLU208"])
    ignored = project / ".dbtignore"
    for text, wanted in (("report.py\n", []), ("other.py\n", ["GLU208"])):
        ignored.write_text(text, encoding="utf-8")
        event = {"uri": ignored.as_uri(), "type": 2}
        client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
        until(client, uri, wanted)


def test_folders_come_and_go(client: WireClient, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    (other / "models").mkdir(parents=True)
    (other / "dbt_project.yml").write_text("name: elsewhere\n", encoding="utf-8")
    (other / "models/far_away.sql").write_text("select 1 as id", encoding="utf-8")
    client.initialize(project / "models")
    assert client.ask("workspace/symbol", {"query": "far_away"}) is None
    folder = {"uri": other.as_uri(), "name": "elsewhere"}
    client.notify(
        "workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}}
    )
    found = client.ask("workspace/symbol", {"query": "far_away"})
    assert [item["name"] for item in found] == ["far_away"]
    client.notify(
        "workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}}
    )
    assert client.ask("workspace/symbol", {"query": "far_away"}) is None


def test_each_project_has_the_settings_of_its_folder(client: WireClient, project: Path) -> None:
    other = project / "other"
    (other / "models").mkdir(parents=True)
    (other / "dbt_project.yml").write_text("name: other\n", encoding="utf-8")
    client.settings = {None: {}, other.as_uri(): {"ignore": ["GLU208"]}}
    client.initialize(project, {"workspace": {"configuration": True}})
    mine, theirs = (root / "models/report.py" for root in (project, other))
    client.open(theirs.as_uri(), WRONG)
    until(client, theirs.as_uri(), [])
    client.open(mine.as_uri(), WRONG)
    until(client, mine.as_uri(), ["GLU208"])
    client.settings = {None: {"ignore": ["GLU2"]}}
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    until(client, mine.as_uri(), [])
    assert "unknown" not in json.dumps(client.notifications)


def test_a_file_in_the_folder_of_another_server_is_left_to_it(
    client: WireClient, project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    (other / "models").mkdir(parents=True)
    (other / "dbt_project.yml").write_text("name: elsewhere\n", encoding="utf-8")
    (other / "models/far_away.sql").write_text("select 1 as id", encoding="utf-8")
    client.initialize(project / "models")
    event = {"uri": (other / "models/far_away.sql").as_uri(), "type": 1}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    assert client.ask("workspace/symbol", {"query": "far_away"}) is None


def test_a_config_that_several_models_have_is_told_in_the_first_of_them(
    client: WireClient, project: Path
) -> None:
    texts = {
        name: MODEL.replace("    return", f"    dbt.config({config})\n    return")
        for name, config in (
            ("first", "snowflake_warehouse='x'"),
            ("second", "snowflake_warehouse='x', cluster_by=['day']"),
            ("third", "cluster_by=['day'], snowflake_warehouse='y'"),
        )
    }
    for name, text in texts.items():
        (project / "models" / f"{name}.py").write_text(text, encoding="utf-8")
    client.initialize(project, {})
    seen = {}
    for name, text in texts.items():
        uri = (project / "models" / f"{name}.py").as_uri()
        client.open(uri, text)
        found = client.wait_for("textDocument/publishDiagnostics", uri)["diagnostics"]
        seen[name] = [item["message"].split(" ")[0] for item in found if item["code"] == "GLU304"]
    assert seen == {
        "first": ["`snowflake_warehouse`"],
        "second": ["`cluster_by`"],
        "third": [],
    }
