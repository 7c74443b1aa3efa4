"""Code actions as clients of today ask for them: at once or resolved, with data or without, one or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = """from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(packages=["numpy", "numpy"])  # \N{GRINNING FACE}
    orders = dbt.ref("orders").select("order_id", "amount")
    return orders.filter(orders.AMOUNT > 0).select(F.col("order_id"))
"""
CODE_ACTION = {
    "dataSupport": True,
    "isPreferredSupport": True,
    "resolveSupport": {"properties": ["edit"]},
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}},
}
VSCODE: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": False},
        "publishDiagnostics": {
            "relatedInformation": True,
            "tagSupport": {"valueSet": [1, 2]},
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
        "codeAction": CODE_ACTION,
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename"]},
        "diagnostics": {"refreshSupport": True},
        "configuration": True,
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}
NEOVIM: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True, "dataSupport": True},
        "codeAction": CODE_ACTION,
    },
    "workspace": {"workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]}},
}
EMACS: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": False},
        "codeAction": {key: CODE_ACTION[key] for key in ("codeActionLiteralSupport",)},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}
CLIENTS = {"vscode": VSCODE, "neovim": NEOVIM, "emacs": EMACS, "nothing": {}}


@pytest.fixture
def uri(project: Path) -> str:
    (project / "models/report.py").write_text(MODEL, encoding="utf-8")
    return (project / "models/report.py").as_uri()


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, project: Path) -> Iterator[WireClient]:
    with WireClient() as found:
        found.initialize(project, CLIENTS[request.param])
        yield found


def findings(client: WireClient, uri: str) -> list[dict[str, Any]]:
    if "diagnosticProvider" in client.capabilities:
        found = client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        return list(found["items"])
    return list(client.wait_for("textDocument/publishDiagnostics", uri)["diagnostics"])


def actions(client: WireClient, uri: str, where: Any, context: Any) -> list[dict[str, Any]]:
    asked = {"textDocument": {"uri": uri}, "range": where, "context": context}
    return list(client.ask("textDocument/codeAction", asked) or ())


def edited(client: WireClient, text: str, edit: dict[str, Any]) -> str:
    """The only document of an edit after it."""
    encoding = client.capabilities["positionEncoding"]
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    if "documentChanges" in edit:
        (change,) = edit["documentChanges"]
        assert change["textDocument"]["version"] == 1
        rows = change["edits"]
    else:
        (rows,) = edit["changes"].values()

    def offset(position: dict[str, int]) -> int:
        lines = text.splitlines(keepends=True)
        head = lines[position["line"]].encode(codec)[: size * position["character"]]
        return sum(map(len, lines[: position["line"]])) + len(head.decode(codec))

    for row in sorted(rows, key=lambda item: offset(item["range"]["start"]), reverse=True):
        start, end = offset(row["range"]["start"]), offset(row["range"]["end"])
        text = text[:start] + row["newText"] + text[end:]
    return text


def test_all_safe_fixes_at_once_or_when_resolved(client: WireClient, uri: str) -> None:
    client.open(uri, MODEL)
    assert {item["code"] for item in findings(client, uri)} >= {"GLU405", "GLU601"}
    nowhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    context = {"diagnostics": [], "only": ["source.fixAll"]}
    (action,) = actions(client, uri, nowhere, context)
    assert action["kind"] == "source.fixAll.dbtGlue"
    resolves = client.capabilities["codeActionProvider"]["resolveProvider"]
    assert resolves
    if "edit" not in action:
        action = client.ask("codeAction/resolve", action)
    fixed = edited(client, MODEL, action["edit"])
    assert 'packages=["numpy"]' in fixed
    assert "orders.amount > 0" in fixed
    assert "\N{GRINNING FACE}" in fixed
    assert (
        actions(client, uri, nowhere, {"diagnostics": [], "only": ["source.organizeImports"]}) == []
    )


def test_one_fix_for_a_finding(client: WireClient, uri: str) -> None:
    client.open(uri, MODEL)
    (finding,) = [item for item in findings(client, uri) if item["code"] == "GLU405"]
    found = actions(client, uri, finding["range"], {"diagnostics": [finding], "only": ["quickfix"]})
    preferred = [item for item in found if item.get("isPreferred")]
    assert len(preferred) == 1
    assert preferred[0]["diagnostics"][0]["code"] == "GLU405"
    assert 'packages=["numpy"]' in edited(client, MODEL, preferred[0]["edit"])


def test_a_resolved_action_of_a_document_that_was_closed_has_no_edit(
    project: Path, uri: str
) -> None:
    with WireClient() as client:
        client.initialize(project, VSCODE)
        client.open(uri, MODEL)
        nowhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
        (action,) = actions(client, uri, nowhere, {"diagnostics": [], "only": ["source.fixAll"]})
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert client.ask("codeAction/resolve", action).get("edit") is None


def test_what_is_shown_apart_depends_on_the_client(project: Path, uri: str) -> None:
    text = 'def model(dbt, session):\n    dbt.config(snowflake_warehouse="x")\n    return dbt.ref("orders")\n'
    seen: dict[str, dict[str, Any]] = {}
    for name in ("vscode", "emacs"):
        with WireClient() as client:
            client.initialize(project, CLIENTS[name])
            client.open(uri, text)
            (seen[name],) = [item for item in findings(client, uri) if item["code"] == "GLU304"]
    assert seen["vscode"]["tags"] == [1]
    assert "tags" not in seen["emacs"]
    assert seen["vscode"]["codeDescription"]["href"].endswith("GLU304/")
    assert "codeDescription" not in seen["emacs"]
    assert "data" not in seen["emacs"]


def test_a_method_that_is_gone_is_struck_through(project: Path, uri: str) -> None:
    text = (
        "def model(dbt, session):\n"
        "    rows = dbt.ref('orders').toPandas()\n"
        "    return rows.append(rows)\n"
    )
    with WireClient() as client:
        client.initialize(project, VSCODE)
        client.open(uri, text)
        (found,) = [item for item in findings(client, uri) if item["code"] == "GLU602"]
        assert found["tags"] == [2]
        assert "is gone since" in found["message"]
