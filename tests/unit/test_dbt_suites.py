"""Every suite of dbt-tests-adapter is run, or stands with the reason why not; and the documentation says what a run showed."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.functional.dbt_suites.not_run import NOT_APPLYING, NOT_YET
from tests.functional.dbt_suites.suites import FOUNDATIONS, Run, all_suites, changes, runs
from tools.dbt_suites import MEASURED, PAGE, Measured, outcomes, page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def suites() -> dict[str, type]:
    return all_suites()


@pytest.fixture(scope="module")
def ran() -> dict[str, Run]:
    return runs()


@pytest.fixture(scope="module")
def measured() -> Measured:
    found: Measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def test_each_suite_is_run_or_stands_with_a_reason(
    suites: dict[str, type], ran: dict[str, Run]
) -> None:
    run = {each.suite for each in ran.values()}
    groups = (run, set(NOT_APPLYING), set(NOT_YET))
    assert set().union(*groups) == suites.keys()
    assert sum(map(len, groups)) == len(suites)


def test_what_others_build_on_is_no_suite(suites: dict[str, type]) -> None:
    """A foundation that dbt-tests-adapter no longer has would hide nothing, but says that others may be missing."""
    for name in FOUNDATIONS:
        module, _, base = name.rpartition(".")
        found = getattr(importlib.import_module(f"dbt.tests.adapter.{module}"), base)
        assert any(found in suite.__mro__ for suite in suites.values())


def test_what_is_changed_in_a_suite_is_said(ran: dict[str, Run]) -> None:
    for name, run in ran.items():
        module, _, test = name.rpartition(".")
        changed = changes(getattr(importlib.import_module(module), test))
        assert bool(changed) == bool(run.dialect), (
            f"{name} changes {changed}, and says {run.dialect!r}"
        )


def test_the_page_is_what_was_measured(
    suites: dict[str, type], ran: dict[str, Run], measured: Measured
) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(measured, suites, ran)


def test_every_run_was_measured_and_passed(ran: dict[str, Run], measured: Measured) -> None:
    assert measured["passed"].keys() == ran.keys()
    assert all(measured["passed"].values())


def test_a_class_has_passed_where_each_of_its_tests_has(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        """<testsuites><testsuite>
        <testcase classname="a.TestOne" name="a"/>
        <testcase classname="a.TestOne" name="b"><failure/></testcase>
        <testcase classname="a.TestTwo" name="a"/>
        <testcase classname="a.TestTwo" name="b"/>
        <testcase classname="a.TestThree" name="a"><skipped/></testcase>
        <testcase classname="a.TestOther" name="a"/>
        </testsuite></testsuites>""",
        encoding="utf-8",
    )
    known = ["a.TestOne", "a.TestTwo", "a.TestThree"]
    assert outcomes(report, known) == {"a.TestOne": 0, "a.TestTwo": 2, "a.TestThree": 0}
