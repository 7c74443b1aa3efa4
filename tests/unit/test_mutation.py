"""Planted mistakes: how they are planted, and that the check finds no smaller share of them than it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.shop import tables
from tools.mutation import measure, table
from tools.mutation.judging import Judge, Said, statement_lines
from tools.mutation.operators import CLASSES, OPERATORS
from tools.mutation.running import config_of
from tools.mutation.tree import Mutant, Tree, mutants, near

MODEL = """\
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["order_id"])
    orders = dbt.ref("orders")
    return orders.filter((F.col("amount") > 1) & F.col("status").isNull())
"""
LEAST = {
    "truth": 85,
    "arguments": 70,
    "unwritable": 50,
    "aggregates": 85,
    "text": 45,
    "mixed": 65,
    "modules": 80,
    "shadowing": 65,
    "incremental": 60,
    "none": 60,
    "udfs": 35,
    "frames": 60,
    "silent": 50,
}
"""The share in percent of each class that is found at least, of those that raise."""
SAMPLE = 25


def planted(name: str) -> list[str]:
    operator = next(one for one in OPERATORS if one.name == name)
    return [one.text for one in mutants(operator, "m", Tree(MODEL, tables.TABLES), 9)]


def test_mistakes_are_planted_in_a_text() -> None:
    assert planted("and or instead of the operators") == [
        MODEL.replace('(F.col("amount") > 1) & F', '((F.col("amount") > 1) and F')
        .replace("isNull())", "isNull())")
        .replace("((F.col", "(F.col")
    ]
    assert planted("no parentheses around a comparison") == [
        MODEL.replace('(F.col("amount") > 1) &', 'F.col("amount") > 1 &')
    ]
    assert planted("a config that names no column") == [
        MODEL.replace('["order_id"]', f'["{near("order_id")}"]'),
        MODEL.replace('["order_id"]', '["id"]'),
    ]
    assert planted("a conversion is missing") == []


def test_every_class_has_operators_and_every_operator_a_place() -> None:
    used = {(one.operator.kind, one.operator.name) for one in measure.planted()}
    for kind in CLASSES:
        assert len([name for of, name in used if of == kind]) >= 3, kind


def test_lines_are_those_that_changed() -> None:
    operator = OPERATORS[0]
    assert Mutant(operator, "m", MODEL, MODEL.replace("> 1", "> 2")).lines == {7}
    less = MODEL.replace('    orders = dbt.ref("orders")\n', "")
    assert Mutant(operator, "m", MODEL, less).lines == {5, 6}
    assert config_of(MODEL) == {"materialized": "incremental", "unique_key": ["order_id"]}


def test_a_finding_counts_on_the_statement_alone() -> None:
    text = "def model(dbt, session):\n    a = (\n        1,\n        2,\n    )\n    return a\n"
    assert statement_lines(text, {3}) == {2, 3, 4, 5}
    assert statement_lines(text, {1}) == {1}
    said = Said("GLU601", "error", 3, 3, "")
    assert said.touches({2, 3})
    assert not said.touches({6})


def test_models_are_well_formed(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    assert len(measure.bases()) >= 25
    assert {name: judge.said(text) for name, text in measure.bases().items()} == {
        name: [] for name in measure.bases()
    }


@pytest.fixture(scope="module")
def found() -> list[measure.Judged]:
    """What the check says of a sample of each class."""
    verdicts = measure.load()
    wanted = []
    planted = measure.planted()
    for kind in CLASSES:
        own = [
            one
            for one in planted
            if one.operator.kind == kind
            and isinstance(verdicts.get(measure.verdict_key(one)), list)
        ]
        wanted += own[:: max(1, len(own) // SAMPLE)]
    return measure.judged(wanted, verdicts)


def test_what_spark_said_is_known_of_all_mutants() -> None:
    verdicts = measure.load()
    missing = [one.title for one in measure.planted() if measure.verdict_key(one) not in verdicts]
    assert missing == [], "run python -m tools.mutation"


@pytest.mark.parametrize("kind", LEAST)
def test_no_class_is_found_less_than_before(kind: str, found: list[measure.Judged]) -> None:
    counts = measure.counted(found)[kind]
    assert counts["raising"] >= 5
    share = counts["raising found"] * 100 // counts["raising"]
    missed = "\n".join(table.missed(found, kind))
    assert share >= LEAST[kind], missed


def test_the_page_is_about_these_mistakes() -> None:
    page = Path(__file__).parents[2] / "docs" / "mutations.md"
    text = page.read_text("utf-8")
    for title in CLASSES.values():
        assert f"| {title} |" in text
