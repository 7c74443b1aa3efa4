"""Columns written into YAML: what is missing is added, and not one other character changes."""

from __future__ import annotations

import difflib

import pytest
import yaml
from glue_compiler.project.yaml_columns import YamlNotEdited, with_columns

COLUMNS = [("id", "bigint"), ("amount", "decimal(10,2)"), ("tags", "array<struct<a:int,b:string>>")]

BLOCK = """# models of the shop
version: 2

models:
  - name: other   # stays

  - name: sold
    description: "What was sold"  # quoted
    columns:
      - name: ID  # the key
        description: >
          folded
          text
        tests: [unique]

      # a comment before amount
      - name: 'amount'
        data_type: double
    config:
        tags: ["a",   "b"]

sources:
  - name: raw
"""


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\r\n") for line in lines if line[0] in "+-"]


def test_what_is_missing_is_added_in_place() -> None:
    found = with_columns(BLOCK, "sold", COLUMNS)
    assert found.added == ("tags",)
    assert found.typed == ("id",)
    assert changed(BLOCK, found.text) == [
        "+         data_type: bigint",
        "+       - name: tags",
        '+         data_type: "array<struct<a:int,b:string>>"',
    ]


def test_writing_twice_changes_nothing_more() -> None:
    once = with_columns(BLOCK, "sold", COLUMNS)
    again = with_columns(once.text, "sold", COLUMNS)
    assert (again.text, again.added, again.typed) == (once.text, (), ())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "models:\n- name: sold\n  columns: [{name: id}, {name: amount, data_type: int}]  # flow\n",
            [
                "-   columns: [{name: id}, {name: amount, data_type: int}]  # flow",
                (
                    "+   columns: [{name: id, data_type: bigint}, {name: amount, data_type: int}, "
                    '{name: tags, data_type: "array<struct<a:int,b:string>>"}]  # flow'
                ),
            ],
        ),
        (
            (
                "models:\n  - name: sold\n    columns:\n      - {name: id, data_type: int}\n"
                "      - {name: amount}\n      - {name: tags}\n"
            ),
            [
                "-       - {name: amount}",
                "-       - {name: tags}",
                '+       - {name: amount, data_type: "decimal(10,2)"}',
                '+       - {name: tags, data_type: "array<struct<a:int,b:string>>"}',
            ],
        ),
    ],
)
def test_flow_style_stays_flow_style(text: str, lines: list[str]) -> None:
    found = changed(text, with_columns(text, "sold", COLUMNS).text)
    assert [line for line in found if line in lines] == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "version: 2\n",
        "version: 2\nmodels:\n  - name: other\n    columns:\n      - name: x",
        "models:\n- name: other\n",
        "models:\n  - name: sold\n",
        "models:\n  - name: sold\n    columns:\n    description: x\n",
        "models:\n  - name: sold\n    columns: []\n",
        "models:\n  - name: sold\n    description: |\n      literal\n      text\n  - name: next\n",
        "models:\n  - {name: sold}\n",
        "models:\r\n  - name: sold\r\n    meta: {a: 1}\r\n  - name: next\r\n",
    ],
)
def test_any_layout_gets_its_columns_and_keeps_the_rest(text: str) -> None:
    found = with_columns(text, "sold", COLUMNS)
    document = yaml.safe_load(found.text)
    entry = next(item for item in document["models"] if item["name"] == "sold")
    assert [(item["name"], item["data_type"]) for item in entry["columns"]] == COLUMNS
    before = yaml.safe_load(text) or {}
    assert [item["name"] for item in before.get("models", ())] == [
        item["name"] for item in document["models"]
    ][: len(before.get("models", ()))]
    assert all(
        line in found.text for line in text.splitlines() if "sold" not in line and "[]" not in line
    )
    assert ("\r\n" in text) == ("\r\n" in found.text)
    assert found.text.count("\r\n") in (0, found.text.count("\n"))


def test_names_and_types_that_yaml_would_read_otherwise_are_quoted() -> None:
    found = with_columns("", "sold", [("on", "int"), ("a b", "string"), ("x", "decimal(10,2)")])
    assert yaml.safe_load(found.text)["models"][0]["columns"] == [
        {"name": "on", "data_type": "int"},
        {"name": "a b", "data_type": "string"},
        {"name": "x", "data_type": "decimal(10,2)"},
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a list\n", "no mapping"),
        ("models: [\n", "not YAML"),
        ("models: {a: 1}\n", "no list"),
        ("models:\n  - name: sold\n    columns: {id: int}\n", "no list"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, told: str) -> None:
    with pytest.raises(YamlNotEdited, match=told):
        with_columns(text, "sold", COLUMNS)
