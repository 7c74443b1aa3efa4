"""What differs with other versions of dbt-core is told, and the page says what a run showed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.functional.dbt_suites.other_versions import DIFFERENCES, Difference
from tools.dbt_versions import MEASURED, PAGE, Measured, page, table, take, undeclared
from tools.versions import DBT_CORE

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """<testsuites><testsuite>
<testcase classname="tests.functional.adapter.a.TestOne" name="a"/>
<testcase classname="tests.functional.adapter.a.TestOne" name="b"><failure/></testcase>
<testcase classname="tests.functional.adapter.a.TestTwo" name="a"><error/></testcase>
</testsuite></testsuites>"""


@pytest.fixture(scope="module")
def measured() -> Measured:
    found: Measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def test_the_page_is_what_was_measured(measured: Measured) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text, measured)


def test_each_other_version_was_measured(measured: Measured) -> None:
    minors = {".".join(version.split(".")[:2]) for version in measured}
    assert minors == set(DBT_CORE) - {"1.11"}  # `make test` runs on 1.11


def test_each_failure_is_told_with_its_reason(measured: Measured) -> None:
    assert undeclared(measured) == []
    assert all(each.why and each.versions for each in DIFFERENCES)


def test_a_report_takes_the_place_of_an_older_patch(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    measured: Measured = {"1.10.1": {}, "1.12.0": {"kept": True}}
    take("1.10.2", report, measured)
    assert measured["1.10.2"]["tests"] == {"dbt_suites": 0, "conformance": 0, "adapter": 3}
    folder = "tests.functional.adapter.a"
    assert measured["1.10.2"]["failed"] == [f"{folder}.TestOne::b", f"{folder}.TestTwo::a"]
    assert measured.keys() == {"1.10.2", "1.12.0"}


def test_a_difference_has_a_row_and_a_failure_without_one_is_found() -> None:
    tests = {"dbt_suites": 7, "conformance": 0, "adapter": 1}
    name = "tests.functional.adapter.a.TestOne::b[0.5]"
    measured: Measured = {"1.10.2": {"when": "2026-01-01", "tests": tests, "failed": [name]}}
    assert undeclared(measured) == [f"1.10.2: {name} failed"]
    rows = table(measured, [Difference(name, ("1.10",), "no functions")])
    assert "| 1.10.2 | 2026-01-01 | 7 | – | 1 | 1 |" in rows
    assert "| `adapter/a.py`, `TestOne::b[0.5]` | 1.10 | no functions |" in rows
