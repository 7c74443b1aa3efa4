"""The table of dbt-glue's own tests, from what pytest reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.incumbent import PAGE, Column, Outcome, failures, kept_results, outcomes, page, table

if TYPE_CHECKING:
    from pathlib import Path

REPORT = """<testsuites><testsuite name="pytest">
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_a" time="1.5" />
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_b">
  <failure message="AssertionError: no&#10;more of it">...</failure></testcase>
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_b">
  <error message='failed on teardown with "Gone"'>...</error></testcase>
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_c">
  <error message='failed on teardown with "Gone"'>...</error></testcase>
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_d">
  <error message='failed on setup with "No profile"'>...</error></testcase>
<testcase classname="tests.functional.adapter.test_docs.TestDocs" name="test_e">
  <skipped message="never">...</skipped></testcase>
</testsuite></testsuites>"""


def test_a_report_becomes_a_column(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    found = dict(outcomes(report))
    assert found["test_docs.py::TestDocs::test_b"] == Outcome("failed", "AssertionError: no")
    tests = {name: (outcome.ended, outcome.said) for name, outcome in found.items()}
    measured: dict[str, Column] = {
        "this": {"when": "2026-11-28", "dbt_core": "1.11.16", "tests": {}},
        "1.12.4": {"when": "2026-11-27", "dbt_core": "1.12.6", "tests": tests},
    }
    assert list(failures(measured))[:1] == [
        "1.12.4  test_docs.py::TestDocs::test_b  failed: AssertionError: no"
    ]
    assert table(measured).splitlines() == [
        "|  | dbt-glue 1.12.4 | this adapter |",
        "| --- | --- | --- |",
        "| `test_docs.py::TestDocs::test_a` | yes | - |",
        "| `test_docs.py::TestDocs::test_b` | failed | - |",
        "| `test_docs.py::TestDocs::test_c` | yes, tidying fails | - |",
        "| `test_docs.py::TestDocs::test_d` | error | - |",
        "| `test_docs.py::TestDocs::test_e` | skipped | - |",
        "| passed | **2 of 5** | **0 of 0** |",
        "| on dbt-core | 1.12.6 | 1.11.16 |",
        "| run on | 2026-11-27 | 2026-11-28 |",
    ]


def test_the_page_has_what_was_measured() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, kept_results()) == text
