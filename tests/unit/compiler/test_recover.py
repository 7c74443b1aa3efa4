"""Texts that are being typed become readable without moving what is before the cursor."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from glue_compiler.text.source import SourceText
from glue_compiler.tree.recover import recover

MODEL = "def model(dbt, session):\n    x = 1\n    MARK\n    return x\n"


@pytest.mark.parametrize(
    "line",
    [
        "y = dbt.|",
        "y = dbt.ref(|",
        "y = dbt.ref('|",
        "y = dbt.ref('a').select(|)",
        "y = dbt.ref('a').select('b', |",
        "y = x if |",
        "for a in |",
        "if dbt.|",
        "if dbt.is_incremental|",
        "with open(|",
        "y = [a for b in |]",
        "y = {'a': |",
        "return |(",
        "import |",
        "y = = 2|",
        "def f(|",
    ],
)
def test_a_line_that_is_being_typed(line):
    text = MODEL.replace("MARK", line)
    offset = text.index("|")
    text = text.replace("|", "")
    found = recover(SourceText(text), offset)
    assert found is not None
    ast.parse(found.source.text)
    assert found.source.text.count("\n") == text.count("\n")
    before = text.rfind("\n", 0, offset) + 1
    assert found.source.text[:before] == text[:before]


def test_an_intact_text_is_left_alone():
    source = SourceText("x = 1\n")
    assert recover(source).source is source


def test_most_states_of_typing_a_model_are_readable():
    path = Path(__file__).parents[2] / "data" / "models" / "incremental_events.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("def model")
    states = range(start, len(text), 3)
    readable = sum(recover(SourceText(text[:end]), end) is not None for end in states)
    assert readable / len(states) > 0.9


@pytest.mark.parametrize(
    "others",
    [
        "    MARK\n    other = events.limit(\n",
        "    other = events.limit(\n    MARK\n",
        "    if x ==\n        y = 2\n    MARK\n    z = [\n",
        "    MARK\n    o=(\r\n",
    ],
)
def test_a_line_keeps_its_place_while_others_are_broken(others):
    line = "kept = events.limit(3)"
    text = f"def model(dbt, session):\n{others.replace('MARK', line)}    return events\n"
    offset = text.index("events.limit(3")
    found = recover(SourceText(text), offset)
    assert found is not None
    ast.parse(found.source.text)
    assert len(found.source) == len(text)
    assert found.source.text.index(line) == text.index(line)
    assert "return events" in found.source.text
