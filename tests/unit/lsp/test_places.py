"""Where things lead: a column to the call or YAML that makes it, a config to where it is set, columns into YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_lsp.methods import code_action, definition, hover
from glue_lsp.wire.diagnostics import diagnostics_of
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lsp.conftest import Editor

FILES = {
    "dbt_project.yml": (
        "name: shop\nmodels:\n  shop:\n    +materialized: view\n    daily:\n      +tags: [x]\n"
        "      report:\n        file_format: parquet\n"
    ),
    "models/totals.py": (
        "from pyspark.sql import functions as F\n\n\n"
        "def model(dbt, session):\n"
        "    orders = dbt.ref('orders')\n"
        "    return orders.groupBy('customer_id').agg(F.sum('amount').alias('total'))\n"
    ),
    "models/days.sql": "select day,\n  count(*) as number\nfrom {{ ref('orders') }}",
    "models/days.yml": (
        "models:\n  - name: report\n    config:\n      materialized: table\n"
        "    columns:\n      - name: total  # kept\n"
    ),
}


@pytest.fixture
def shop(project: Path) -> Path:
    for name, text in FILES.items():
        (project / name).write_text(text, encoding="utf-8")
    return project


def opened(editor: Editor, body: str, name: str = "models/daily/report.py") -> types.Position:
    """Open a model with a body (`|` is the cursor)."""
    text = "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
    text += "".join(f"    {line}\n" for line in body.split("\n"))
    offset = text.index("|")
    path = editor.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("|", ""), encoding="utf-8")
    editor.open(name, text.replace("|", ""))
    return editor.position(offset)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("return dbt.ref('orders').select('amo|unt')", ["schema.yml:8"]),
        ("return dbt.ref('totals').select('to|tal')", ["totals.py:6"]),
        ("return dbt.ref('days').select('num|ber')", ["days.sql:2"]),
        (
            "a = dbt.ref('orders').withColumn('tax', F.lit(1))\nreturn a.select('t|ax')",
            ["report.py:5"],
        ),
        ("dbt.config.get('file_f|ormat')\nreturn dbt.ref('orders')", ["dbt_project.yml:8"]),
        (
            "dbt.config(mater|ialized='table')\nreturn dbt.ref('orders')",
            ["days.yml:4", "dbt_project.yml:4"],
        ),
        (
            "dbt.config(tags=['a'])\ndbt.config.get('ta|gs')\nreturn dbt.ref('orders')",
            ["report.py:5", "dbt_project.yml:6"],
        ),
    ],
)
def test_a_definition_is_where_it_is_made_or_set(
    editor: Editor, shop: Path, body: str, places: list[str]
) -> None:
    position = opened(editor, body)
    found = editor.run(
        lambda: definition.handle(editor.server, types.DefinitionParams(editor.item, position))
    )
    assert [
        f"{item.uri.rpartition('/')[2]}:{item.range.start.line + 1}" for item in found or ()
    ] == places


def actions(editor: Editor, position: types.Position, *codes: str) -> list[types.CodeAction]:
    def work() -> Any:
        view = editor.server.session.snapshot(editor.uri)
        assert view is not None
        found = diagnostics_of(view)
        wanted = [item for item in found if item.code in codes]
        where = wanted[0].range if wanted else types.Range(position, position)
        context = types.CodeActionContext(wanted)
        return code_action.handle(
            editor.server, types.CodeActionParams(editor.item, where, context)
        )

    return [item for item in editor.run(work) or () if item.title.startswith("Declare")]


def test_returned_columns_are_declared_in_yaml(editor: Editor, shop: Path) -> None:
    from dataclasses import replace

    client = editor.server.session.client
    editor.server.session.client = replace(client, document_changes=True)
    position = opened(editor, "return dbt.ref('totals').select('total', 'custo|mer_id')")
    (action,) = actions(editor, position)
    assert action.title == "Declare `customer_id` in models/days.yml"
    assert action.kind == types.CodeActionKind.RefactorRewrite
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == (shop / "models/days.yml").as_uri()
    (edit,) = change.edits
    assert isinstance(edit, types.TextEdit)
    assert edit.new_text == "\n      - name: customer_id\n        data_type: bigint"
    assert edit.range.start == types.Position(5, len("      - name: total  # kept"))


def test_a_contract_that_lacks_a_column_is_repaired(editor: Editor, shop: Path) -> None:
    text = FILES["models/days.yml"].replace("materialized: table", "contract: {enforced: true}")
    (shop / "models/days.yml").write_text(text, encoding="utf-8")
    position = opened(editor, "return dbt.ref('totals').select('total', 'custo|mer_id')")
    (action,) = actions(editor, position, "GLU607")
    assert action.kind == types.CodeActionKind.QuickFix
    assert [item.code for item in action.diagnostics or ()] == ["GLU607"]


@pytest.mark.parametrize(
    "body",
    [
        "return dbt.ref('totals').select('tot|al')",
        "return dbt.ref('totals').select('total', F.expr('x|' + open('rest').read()))",
        "totals = dbt.ref('to|tals')\nreturn totals.select('total', 'customer_id')",
    ],
)
def test_nothing_is_declared_where_nothing_is_missing_or_not_all_is_known(
    editor: Editor, shop: Path, body: str
) -> None:
    assert actions(editor, opened(editor, body)) == []


def test_a_hover_says_what_opens_a_frame(editor: Editor, shop: Path) -> None:
    body = "names = open('x').read().split()\n"
    body += "a = dbt.ref('totals').select('total', *names)\nb = a.filter('x > 0')\nreturn b|"
    position = opened(editor, body)
    found = editor.run(
        lambda: hover.handle(editor.server, types.HoverParams(editor.item, position))
    )
    assert "There may be more columns: what select gives" in found.contents.value
