"""Every method over stdio, as VS Code, Neovim and Emacs ask for it, in all three encodings."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator  # noqa: TC003 - pytest-lsp reads the hints
from pathlib import Path  # noqa: TC003
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SERVER = [sys.executable, "-c", "from glue_cli.main import main; main()", "lsp", "--stdio"]
MODEL = """from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")  # \N{GRINNING FACE}
    orders = dbt.ref("orders")
    emoji = "\N{GRINNING FACE}"; late = dbt.ref("customers")
    raw = dbt.source("raw", "events")
    return orders.select("order_id", F.col("amount").alias("spent"))
"""
LATE_LINE, LATE_UTF8 = 6, '    emoji = "\N{GRINNING FACE}"; late = dbt.ref("'


def capabilities(editor: str, encoding: str) -> t.ClientCapabilities:
    """What an editor of today says of itself; the preset of VS Code is brought up to date."""
    found: t.ClientCapabilities = client_capabilities(editor)
    general = found.general or t.GeneralClientCapabilities()
    general.position_encodings = [encoding]
    found.general = general
    if editor == "visual-studio-code":
        assert found.text_document is not None
        assert found.workspace is not None
        found.text_document.diagnostic = t.DiagnosticClientCapabilities(
            related_document_support=True
        )
        publish = found.text_document.publish_diagnostics
        assert publish is not None
        publish.data_support = True
        found.workspace.diagnostics = t.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
        found.workspace.inlay_hint = t.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    return found


def _client() -> LanguageClient:
    """A client that also answers three requests of servers that the preset does not know."""
    client = pytest_lsp.make_test_lsp_client()
    client.feature(t.WORKSPACE_INLAY_HINT_REFRESH)(lambda params: None)
    client.feature(t.WORKSPACE_CODE_LENS_REFRESH)(lambda params: None)
    client.feature(t.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    return client


@pytest_lsp.fixture(
    params=[
        (editor, encoding)
        for editor in ("visual-studio-code", "neovim", "emacs")
        for encoding in ("utf-8", "utf-16", "utf-32")
    ],
    ids=lambda pair: "-".join(pair),
    config=ClientServerConfig(server_command=SERVER, client_factory=_client),
)
async def client(
    lsp_client: LanguageClient, request: pytest.FixtureRequest, project: Path
) -> AsyncIterator[None]:
    editor, encoding = request.param
    folder = t.WorkspaceFolder(project.as_uri(), "shop")
    result = await lsp_client.initialize_session(
        t.InitializeParams(capabilities=capabilities(editor, encoding), workspace_folders=[folder])
    )
    assert result.capabilities.position_encoding == encoding
    assert result.capabilities.document_formatting_provider is None
    lsp_client.project = project
    lsp_client.encoding = encoding
    lsp_client.pulls = result.capabilities.diagnostic_provider is not None
    yield
    await lsp_client.shutdown_session()


def column(encoding: str, text: str) -> int:
    """The character of the end of a text in its line."""
    return {
        "utf-8": len(text.encode()),
        "utf-16": len(text.encode("utf-16-le")) // 2,
        "utf-32": len(text),
    }[encoding]


async def diagnostics(client: Any, uri: str) -> list[t.Diagnostic]:
    """The findings, pulled or waited for."""
    if client.pulls:
        report = await client.text_document_diagnostic_async(
            t.DocumentDiagnosticParams(t.TextDocumentIdentifier(uri))
        )
        return list(report.items)
    while uri not in client.diagnostics:
        await client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[uri])


@pytest.mark.asyncio
async def test_every_method(client: Any) -> None:
    uri = (client.project / "models/report.py").as_uri()
    item = t.TextDocumentIdentifier(uri)
    client.text_document_did_open(
        t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "python", 1, MODEL))
    )
    assert await diagnostics(client, uri) == []

    late = t.Position(LATE_LINE, column(client.encoding, LATE_UTF8) + 2)
    hover = await client.text_document_hover_async(t.HoverParams(item, late))
    assert "customers" in hover.contents.value
    start = column(client.encoding, LATE_UTF8)
    assert hover.range == t.Range(
        t.Position(LATE_LINE, start), t.Position(LATE_LINE, start + len("customers"))
    )
    outside = await client.text_document_hover_async(t.HoverParams(item, t.Position(0, 2)))
    assert outside is None

    found = await client.text_document_definition_async(t.DefinitionParams(item, late))
    assert [place.uri for place in found] == [(client.project / "models/customers.py").as_uri()]

    context = t.ReferenceContext(include_declaration=True)
    orders = t.Position(5, len('    orders = dbt.ref("or'))
    places = await client.text_document_references_async(t.ReferenceParams(context, item, orders))
    assert {place.uri.rpartition("/")[2] for place in places} == {
        "orders.sql",
        "orders_by_day.sql",
        "customers.py",
        "report.py",
    }

    links = await client.text_document_document_link_async(t.DocumentLinkParams(item))
    assert [link.target.rpartition("/")[2] for link in links] == [
        "orders.sql",
        "customers.py",
        "schema.yml#L12",
        "schema.yml#L12",
    ]

    marks = await client.text_document_document_highlight_async(
        t.DocumentHighlightParams(item, late)
    )
    assert [mark.range.start.line for mark in marks] == [LATE_LINE]

    symbols = await client.text_document_document_symbol_async(t.DocumentSymbolParams(item))
    assert symbols[0].name == "model"
    found = await client.workspace_symbol_async(t.WorkspaceSymbolParams("ordday"))
    assert [symbol.name for symbol in found] == ["orders_by_day"]

    hints = await client.text_document_inlay_hint_async(
        t.InlayHintParams(item, t.Range(t.Position(0, 0), t.Position(20, 0)))
    )
    assert [hint.label for hint in hints] == [
        ": Spark, 3 columns",
        ": Spark, 2 columns",
        ": Spark",
        " (order_id, spent)",
    ]

    prepared = await client.text_document_prepare_rename_async(t.PrepareRenameParams(item, late))
    assert prepared.placeholder == "customers"

    text = '    x = orders.select("'
    client.diagnostics.pop(uri, None)
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            t.VersionedTextDocumentIdentifier(uri=uri, version=2),
            [
                t.TextDocumentContentChangePartial(
                    t.Range(t.Position(8, 0), t.Position(8, 0)), f"{text}\n"
                )
            ],
        )
    )
    end = t.Position(8, len(text))
    completions = await client.text_document_completion_async(t.CompletionParams(item, end))
    assert [row.label for row in completions.items] == ["order_id", "customer_id", "amount"]
    resolved = await client.completion_item_resolve_async(completions.items[0])
    assert "The key" in str(resolved.documentation)
    signature = await client.text_document_signature_help_async(t.SignatureHelpParams(item, end))
    assert signature.signatures[0].label.startswith("select(")
    broken = await diagnostics(client, uri)
    assert [row.code for row in broken] == ["GLU001"]


@pytest.mark.asyncio
async def test_a_finding_its_fix_its_silence_and_the_unchanged_report(client: Any) -> None:
    uri = (client.project / "models/report.py").as_uri()
    item = t.TextDocumentIdentifier(uri)
    text = MODEL.replace('late = dbt.ref("customers")', 'late = dbt.ref("customer")')
    client.text_document_did_open(
        t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "python", 1, text))
    )
    (finding,) = await diagnostics(client, uri)
    assert finding.code == "GLU208"
    assert finding.range.start.character == column(client.encoding, LATE_UTF8) - 1
    actions = await client.text_document_code_action_async(
        t.CodeActionParams(item, finding.range, t.CodeActionContext([finding]))
    )
    titles = [action.title for action in actions]
    assert titles == [
        "Change it to `customers` (GLU208)",
        "Silence GLU208 on this line",
        "Explain GLU208",
    ]
    assert "customers" in str(actions[0].edit)
    if client.pulls:
        report = await client.text_document_diagnostic_async(t.DocumentDiagnosticParams(item))
        again = await client.text_document_diagnostic_async(
            t.DocumentDiagnosticParams(item, previous_result_id=report.result_id)
        )
        assert again.kind == "unchanged"
        everything = await client.workspace_diagnostic_async(t.WorkspaceDiagnosticParams([]))
        assert [row.uri.rpartition("/")[2] for row in everything.items] == ["customers.py"]
