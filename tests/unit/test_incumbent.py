"""The table of dbt-glue's own tests, from what pytest reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.incumbent import Outcome, outcomes, table

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
    found = {("SQL", name): outcome for name, outcome in outcomes(report)}
    assert found["SQL", "test_docs.py::TestDocs::test_b"] == Outcome("failed", "AssertionError: no")
    assert table({"1.12.4": found, "this": {}}).splitlines() == [
        "| | dbt-glue 1.12.4 | this adapter |",
        "|---|---|---|",
        "| `test_docs.py::TestDocs::test_a` | yes | - |",
        "| `test_docs.py::TestDocs::test_b` | failed | - |",
        "| `test_docs.py::TestDocs::test_c` | yes, tidying fails | - |",
        "| `test_docs.py::TestDocs::test_d` | error | - |",
        "| `test_docs.py::TestDocs::test_e` | skipped | - |",
        "| passed | **2 of 5** | **0 of 0** |",
    ]
