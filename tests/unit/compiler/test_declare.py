"""Columns are added to a model's YAML without touching anything else in it."""

from __future__ import annotations

import textwrap

import pytest
import yaml
from glue_compiler.findings.fixes import apply_edits
from glue_compiler.project.context import RelationColumn
from glue_compiler.schemas.declare import declare_columns
from glue_compiler.text.source import SourceText

COLUMNS = (
    RelationColumn("spent", "decimal(10,2)"),
    RelationColumn("on"),
    RelationColumn("a b", "array<int>"),
)
CASES = {
    "block": """
        # the shop
        models:
          - name: report   # line 4
            columns:
              - name: id
                tests: [unique]  # keep

              # the next one
          - name: other
            columns: [{name: x}]
        """,
    "dash at the key": """
        models:

        - name: report
          columns:
          - name: id
            description: |
              Two
              lines
        """,
    "flow": """
        models:

          - name: report
            columns: [ {name: id} ]  # short
        """,
    "none": """
        models:

          - name: report
            description: Nothing yet

          # another
          - name: other
        """,
    "end of file": """
        models:

          - name: report
            columns:
              - {name: id}""",
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_columns_are_added(name: str, newline: str) -> None:
    text = textwrap.dedent(CASES[name]).replace("\n", newline)
    edit = declare_columns(SourceText(text), 4, COLUMNS)
    assert edit is not None
    changed = apply_edits(text, (edit,))
    before, after = yaml.safe_load(text)["models"], yaml.safe_load(changed)["models"]
    (model,) = [item for item in after if item["name"] == "report"]
    added = model["columns"][-3:]
    assert added == [
        {"name": "spent", "data_type": "decimal(10,2)"},
        {"name": "on"},
        {"name": "a b", "data_type": "array<int>"},
    ]
    del model["columns"][-3:]
    if not model["columns"]:
        del model["columns"]
    assert after == before
    assert [line for line in changed.split(newline) if line in text.split(newline)]
    assert edit.span.start == edit.span.end
    if newline == "\r\n":
        assert changed.count("\n") == changed.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "models:\n\n\n  - name: report\n    columns: {{ columns }}\n",
        "models:\n\n\n  - {name: report}\n",
        "models:\n\n\n  - name: report\n    columns: []\n",
        "models:\n  - name: elsewhere\n\n\n",
        "models: [\n",
        "",
    ],
)
def test_what_cannot_be_added_to_safely_is_left_alone(text: str) -> None:
    assert declare_columns(SourceText(text), 4, COLUMNS) is None
