"""The documentation's table of formats says what tests have shown, no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.functional.conformance.cells import CELLS, FORMATS, UNAVAILABLE, refusal
from tools.conformance import GLUE_VERSIONS, MEASURED, PAGE, Measured, outcomes, page, take

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def measured() -> Measured:
    found: Measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def test_the_page_is_what_was_measured(measured: Measured) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(measured)


def test_what_was_measured_is_of_todays_cells(measured: Measured) -> None:
    names = {cell.name for cell in CELLS}
    for version, formats in measured.items():
        assert version in GLUE_VERSIONS
        for table_format, results in formats.items():
            assert (table_format, version) not in UNAVAILABLE
            assert results["cells"].keys() <= names, f"{table_format} on {version}"


def test_a_suite_has_passed_where_each_of_its_tests_has(tmp_path: Path) -> None:

    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="tests.functional.conformance.test_x.TestOne" name="a[delta]"/>
        <testcase classname="tests.functional.conformance.test_x.TestOne" name="b[delta]"><failure/></testcase>
        <testcase classname="tests.functional.conformance.test_x.TestTwo" name="a[delta]"/>
        <testcase classname="tests.functional.conformance.test_matrix.TestMatrix" name="test_cell[delta-view_sql]">
        <properties><property name="cell" value='["delta", "view_sql"]'/></properties></testcase>
        <testcase classname="tests.functional.conformance.test_x.TestOne" name="a[iceberg]"/>
        <testcase classname="tests.functional.test_lakehouse" name="test_three_days"/>
        </testsuite></testsuites>""",
        encoding="utf-8",
    )
    suites = {"test_x.TestOne": False, "test_x.TestTwo": True}
    assert outcomes(report) == {
        "delta": {"cells": {"view_sql": True}, "suites": suites},
        "iceberg": {"cells": {}, "suites": {"test_x.TestOne": True}},
    }
    measured: Measured = {
        "5.1": {"delta": {"when": "", "cells": {}, "suites": {"test_x.TestTwo": False}}}
    }
    take(report, "5.1", measured)
    assert measured["5.1"]["delta"]["suites"] == suites


def test_what_fails_beside_what_passes_is_said() -> None:
    def row(**passed: bool) -> str:
        kept: Measured = {
            version.removeprefix("v").replace("_", "."): {
                "delta": {"when": "", "cells": {}, "suites": {"test_x.TestOne": good}}
            }
            for version, good in passed.items()
        }
        (found,) = (
            line for line in page(kept).splitlines() if line.startswith("| `test_x.TestOne`")
        )
        return found.split(" | ")[FORMATS.index("delta") + 1]

    assert row(v5_0=True, v5_1=False, v6_0=False) == "5.0; fails on 5.1, 6.0"
    assert row(v5_0=True, v5_1=True) == "5.0, 5.1"
    assert row(v5_0=True, v5_1=True, v6_0=True) == "✓"
    assert row(v5_1=False) == "fails"


def test_a_cell_without_a_tick_says_why() -> None:
    said = refusal("parquet", "incremental_microbatch_python")
    assert said is not None
    assert refusal("parquet", "incremental_microbatch_sql") is None
    assert f". *{said}*\n" in page({})
