"""What dbt packages do here stands in the docs as a run measured it, and nothing fails there without a cause."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tools.dbt_packages import (
    CAUSES,
    MEASURED,
    PAGE,
    adapted,
    cause_of,
    counted,
    last_statements,
    page,
    placed,
    said,
    same,
)
from tools.package_projects import PROJECTS, Column, Failure, Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def measured() -> dict[str, Column]:
    found: dict[str, Column] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def causes() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(CAUSES.read_text(encoding="utf-8"))
    return found


def test_every_project_was_run(measured: dict[str, Column]) -> None:
    assert measured.keys() == {project.name for project in PROJECTS}


def test_what_fails_is_sparks_and_has_a_cause(
    measured: dict[str, Column], causes: dict[str, dict[str, str]]
) -> None:
    without = [
        (name, each["node"])
        for name, column in measured.items()
        for each in column["failures"]
        if len(cause_of(each["node"], causes.get(name, {}))) < 20
    ]
    assert without == []
    failing = {
        name: [each["node"] for each in column["failures"]] for name, column in measured.items()
    }
    for name, nodes in causes.items():
        assert all(any(cause_of(node, {each: "it"}) for node in failing[name]) for each in nodes)
    others = [
        (name, each["node"], each["said"], each["alone"])
        for name, column in measured.items()
        for each in column["failures"]
        if not same(each)
    ]
    assert others == []


def test_the_page_is_what_was_measured(
    measured: dict[str, Column], causes: dict[str, dict[str, str]]
) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(measured, causes)


@pytest.mark.parametrize(
    ("text", "alone", "expected"),
    [
        ("[A_B.C] no", "AnalysisException: [A_B.C] no; line 1", True),
        ("[A] no", "AnalysisException: [B] no", False),
        ("Got 2 results, configured to fail if != 0", '{"failures": 2, "should_warn": true}', True),
        ("Got 2 results, configured to fail if != 0", '{"failures": 3}', False),
        ("Got 2 results, configured to fail if != 0", "ParseException: [A] no", False),
        ("a relation without a schema", '{"id": 1}', False),
        ("not implemented for adapter 'glue'", "", False),
        ("", "", False),
    ],
)
def test_spark_says_the_same_alone_or_does_not(text: str, alone: str, expected: bool) -> None:
    assert same(Failure(node="model.a.b", said=text, statement="", alone=alone)) is expected


def test_a_unit_test_that_cannot_run_says_what_spark_said() -> None:
    message = (
        "Runtime Error in unit_test a (b.yml)\n  An error occurred during execution of unit test 'a'. There may be an error"
        "\n in the unit test definition: check the data types.\n   Database Error\n    [A_B] no such type.\n"
    )
    assert said(message) == "[A_B] no such type."
    assert said("Database Error in model a (b.sql)\n  [A] no\n    line 1: x") == "[A] no"
    assert (
        said("Got 1 result, configured to fail if != 0")
        == "Got 1 result, configured to fail if != 0"
    )
    assert said("") == ""


def test_the_last_statement_of_a_node_is_taken() -> None:
    def event(name: str, node: str, sql: str) -> str:
        info = {"unique_id": node} if node else {}
        return json.dumps({"info": {"name": name}, "data": {"sql": sql, "node_info": info}})

    lines = [
        event("SQLQuery", "model.a.b", "select 1"),
        event("SQLQuery", "model.a.b", "select 2"),
        event("SQLQuery", "", "select 3"),
        event("Other", "model.a.b", "select 4"),
    ]
    assert last_statements(lines) == {"model.a.b": "select 2"}


def test_nodes_are_counted_by_kind_and_end() -> None:
    ended = [
        {"unique_id": "model.a.b", "status": "success"},
        {"unique_id": "model.a.c", "status": "error"},
        {"unique_id": "test.a.d", "status": "warn"},
        {"unique_id": "test.a.e", "status": "skipped"},
    ]
    assert counted(ended) == {
        "model": {"passed": 1, "failed": 1},
        "test": {"passed": 1, "skipped": 1},
    }


def test_a_copy_has_its_packages_from_beside_it(tmp_path: Path) -> None:
    checkouts, scratch = tmp_path / "checkouts", tmp_path / "scratch"
    tests = checkouts / "dbt-one" / "tests"
    tests.mkdir(parents=True)
    (checkouts / "dbt-two").mkdir()
    scratch.mkdir()
    listed = {"packages": [{"package": "somebody/dbt_two", "version": "1.0"}, {"local": "../"}]}
    (tests / "packages.yml").write_text(yaml.safe_dump(listed))
    (tests / "package-lock.yml").write_text("sha1_hash: a\n")
    (tests / "dbt_project.yml").write_text("name: one_tests\n")
    (tests / "a.sql").write_text("{{ 1 if target.type == 'spark' }} 'spark'\n'spark'\n")
    placed(checkouts, scratch)
    copy = scratch / "dbt-one" / "tests"
    assert yaml.safe_load((copy / "packages.yml").read_text()) == {
        "packages": [{"local": str(scratch / "dbt-two")}, {"local": "../"}]
    }
    assert not (copy / "package-lock.yml").exists()
    adapted(Project("somebody/dbt-one", "tests", dispatches="one", known_as="spark"), copy)
    assert yaml.safe_load((copy / "dbt_project.yml").read_text())["dispatch"] == [
        {"macro_namespace": "one", "search_order": ["one_tests", "dbt", "one"]}
    ]
    assert (copy / "a.sql").read_text() == "{{ 1 if target.type == 'glue' }} 'glue'\n'spark'\n"
    assert (tests / "a.sql").read_text().startswith("{{ 1 if target.type == 'spark' }}")
