"""A project that dbt-glue built, taken over unchanged: the rows that dbt-glue makes, and nothing passed over.

What dbt-glue left is kept in tests/data/migration; `python tools/migration.py` makes it, by dbt-glue itself.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools.migration import EXPECTED, MENDED, STOPPING, Moved, kept_warehouse, moved

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """The rows and tags after the third batch, by dbt-glue."""
    found: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    folder = tmp_path_factory.mktemp("migration")
    return moved(kept_warehouse(folder), folder)


def said(done: Moved, name: str) -> str:
    return done.commands[name].said


def last_build(done: Moved) -> str:
    """The name of the run that built what could be built without an edit."""
    return [name for name in done.commands if done.commands[name].arguments[:2] == ("dbt", "build")][-2]  # fmt: skip


def test_the_rows_are_those_that_dbt_glue_makes(done: Moved, expected: dict[str, Any]) -> None:
    rows = expected["rows"]
    assert done.rows.keys() == rows.keys()
    verdicts = {name: done.verdict(name, rows) for name in rows}
    differing = {name: done.rows[name] for name, each in verdicts.items() if each == "differ"}
    assert differing == {}
    assert [name for name, each in verdicts.items() if each.startswith("the same, ")] == ["raw_orders"]  # fmt: skip
    # Of the third batch there is something to see in each that depends on it.
    changed = {name for name in rows if done.rows[name] != done.before[name]}
    assert {"appended", "by_day", "latest", "totals", "kept", "merged", "customers"} <= changed


def test_everything_else_is_built_unchanged(done: Moved) -> None:
    build = done.commands[last_build(done)]
    assert build.status == 0, build.said
    assert "ERROR=0 SKIP=0" in build.said
    assert done.commands["mended"].status == 0, said(done, "mended")


def test_what_cannot_be_is_told_by_name_before_anything_is_built(done: Moved) -> None:
    """A model whose tags nobody would set, as long as that is so, and one that needs names of dbt-glue's."""
    stopped = [(name, told) for name, _, told in STOPPING if name in done.commands]
    runs = ["unchanged", *(name for name, _ in stopped)]
    for before, (_, told) in zip(runs, stopped, strict=False):
        assert told in said(done, before)
        assert "START" not in said(done, before)
    assert MENDED in done.commands["without names"].arguments


def test_tags_are_those_that_dbt_glue_set(done: Moved, expected: dict[str, Any]) -> None:
    assert expected["tags"]["table"] == {"team": ["sales"]}
    assert expected["tags"]["columns"]["customer"]["kind"] == ["person"]
    assert done.tags == expected["tags"]


def test_the_profile_is_told_of(done: Moved) -> None:
    for name in ("query-comment", "project_name"):
        assert f"profile: {name}: has no effect" in said(done, last_build(done))


def test_doctor_said_all_of_it_before(done: Moved) -> None:
    report = said(done, "doctor")
    for line in (
        "warning query-comment: has no effect",
        "warning project_name: has no effect",
        "error   names: line 4: count, lit: dbt-glue imports all of pyspark.sql.functions",
        "change  column_types: columns get these types, which dbt-glue leaves out",
        "change  iceberg_expire_snapshots: dbt-glue expires all snapshots but the current one",
        "note    location: dbt_demo.by_day is at s3://dbt-demo-bucket/dbt_demo_data/dbt_demo/by_day",
        "note    table: dbt_demo.merged in iceberg is taken over where it is",
        "dbt_demo.kept_tmp: ",
    ):
        assert line in report, line
    if "without tags" in done.commands:
        assert "error   lf_tags_config: would set Lake Formation tags (on the table team=sales" in report  # fmt: skip


def test_doctor_lists_what_dbt_glue_left(done: Moved) -> None:
    report = json.loads(said(done, "after"))
    left = {each["table"]: each for each in report["files"]}
    built = {f"dbt_demo.{name}" for name in ("latest", "raw_orders", "totals")}
    of_runs = {"dbt_demo.kept_tmp", "dbt_demo.merged_tmp"}
    assert built | of_runs <= left.keys() <= built | of_runs | {"dbt_demo.governed"}
    for name, files in left.items():
        place = f"s3://dbt-demo-bucket/dbt_demo_data/dbt_demo/{name.partition('.')[2]}"
        assert files["folder"] == place
        assert files["files"] > 0
        assert files["size"] > 0
        assert files["remove"].startswith(f"aws s3 rm {place}/ --recursive")
        assert files["remove"].endswith("--dryrun")
    assert [each["about"] for each in report["findings"] if each["level"] == "error"] == (
        ["lf_tags_config"] if "without tags" in done.commands else []
    )
