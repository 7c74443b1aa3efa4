"""A session's life: broken text, changed files, several projects, settings, files outside of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.text.source import Span
from glue_lsp.methods import code_action, did_change_watched_files, prepare_rename, rename
from glue_lsp.methods.did_change_configuration import use_settings
from glue_lsp.positions import to_position
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lsp.conftest import Editor

WRONG = """def model(dbt, session):
    orders = dbt.ref("order")
    wrong = dbt.ref("customer")
    return orders
"""


def codes(editor: Editor) -> list[str]:
    return [item.code for item in editor.diagnostics()]


def test_findings_stay_while_the_text_is_broken_and_move_with_it(editor: Editor) -> None:
    editor.open("models/report.py", WRONG)
    assert codes(editor) == ["GLU208", "GLU208"]
    editor.replace(Span(0, 0), "x = (\n")
    found = editor.diagnostics()
    assert [item.code for item in found] == ["GLU001", "GLU208", "GLU208"]
    assert [editor.document.source.slice(item.span) for item in found[1:]] == [
        '"order"',
        '"customer"',
    ]
    assert all(not item.fixes for item in found)


def test_a_finding_on_the_line_that_is_being_typed_is_dropped(editor: Editor) -> None:
    editor.open("models/report.py", WRONG)
    assert codes(editor) == ["GLU208", "GLU208"]
    editor.replace(Span(WRONG.index('order")') + 7, WRONG.index('order")') + 7), ".select((")
    found = editor.diagnostics()
    assert [item.code for item in found] == ["GLU001", "GLU208"]
    assert editor.document.source.slice(found[1].span) == '"customer"'


def test_a_new_file_is_known_without_a_restart(editor: Editor, project: Path) -> None:
    editor.open("models/report.py", WRONG.replace("customer", "customers"))
    assert codes(editor) == ["GLU208"]
    created = project / "models/order.sql"
    created.write_text("select 1 as id", encoding="utf-8")

    async def work() -> None:
        event = types.FileEvent(created.as_uri(), types.FileChangeType.Created)
        did_change_watched_files.handle(editor.server, types.DidChangeWatchedFilesParams([event]))
        await editor.server.session.root_of(created).settled()

    editor.run(work)
    assert codes(editor) == []


def test_settings_are_in_force_at_once(editor: Editor) -> None:
    editor.open("models/report.py", WRONG)
    assert codes(editor) == ["GLU208", "GLU208"]

    async def work() -> None:
        use_settings(editor.server, {"ignore": ["GLU208"], "glueVersion": "9.9"})
        await editor.server.session.root_of(editor.document.path).settled()

    editor.run(work)
    assert codes(editor) == []
    assert any(b"glue-version is `9.9`" in message for message in editor.wire.sent)


def test_two_projects_have_their_own_models(editor: Editor, project: Path) -> None:
    other = project / "other"
    (other / "models").mkdir(parents=True)
    (other / "dbt_project.yml").write_text("name: other\n", encoding="utf-8")
    (other / "models/order.sql").write_text("select 1 as id", encoding="utf-8")
    editor.open("other/models/report.py", WRONG)
    (found,) = editor.diagnostics()
    assert found.message.startswith("no model, seed or snapshot is called `customer`")
    editor.open("models/report.py", WRONG)
    assert codes(editor) == ["GLU208", "GLU208"]


def test_files_that_are_no_models_are_left_alone(editor: Editor) -> None:
    editor.open("scripts/tool.py", WRONG)
    assert codes(editor) == []
    assert editor.server.session.view(editor.uri) is None


def test_fixes_of_an_older_text_are_not_offered(editor: Editor) -> None:
    editor.open("models/report.py", WRONG)

    def actions(diagnostics: list[types.Diagnostic]) -> list[str]:
        found = code_action.handle(
            editor.server,
            types.CodeActionParams(
                editor.item, diagnostics[0].range, types.CodeActionContext(diagnostics)
            ),
        )
        return [action.title for action in found or ()]

    def work() -> list[types.Diagnostic]:
        view = editor.server.session.view(editor.uri)
        assert view is not None
        return list(editor.server.publisher.diagnostics_of(view))

    old = editor.run(work)
    assert "Change it to `orders` (GLU208)" in editor.run(lambda: actions(old[:1]))
    editor.replace(Span(0, 0), "import os\n")
    assert "Change it to `orders` (GLU208)" not in editor.run(lambda: actions(old[:1]))


def test_a_model_is_renamed_with_its_file_its_refs_and_its_yaml(
    editor: Editor, project: Path
) -> None:
    from dataclasses import replace

    client = editor.server.session.client
    editor.server.session.client = replace(client, document_changes=True, rename_files=True)
    text = 'def model(dbt, session):\n    return dbt.ref("orders")\n'
    editor.open("models/report.py", text)
    position = to_position(editor.document.source, text.index("orders") + 1, "utf-16")

    def asked(name: str) -> types.WorkspaceEdit | None:
        return rename.handle(editor.server, types.RenameParams(editor.item, position, name))

    prepared = editor.run(
        lambda: prepare_rename.handle(
            editor.server, types.PrepareRenameParams(editor.item, position)
        )
    )
    assert prepared.placeholder == "orders"
    with pytest.raises(JsonRpcInvalidParams, match="already"):
        editor.run(lambda: asked("customers"))
    edit = editor.run(lambda: asked("sales"))
    changes = edit.document_changes
    assert isinstance(changes[-1], types.RenameFile)
    assert changes[-1].new_uri == (project / "models/sales.sql").as_uri()
    edited = {change.text_document.uri.rpartition("/")[2] for change in changes[:-1]}
    assert edited == {"orders_by_day.sql", "customers.py", "schema.yml", "report.py"}
