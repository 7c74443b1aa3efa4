"""`dbt-glue clean`: its options, what it prints, and how it ends. What it finds is in tests/functional/test_clean.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from glue_cli.cleaning.show import lines
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def entry(kind: str, table: str, name: str, **more: Any) -> dict[str, Any]:
    given = {"kind": kind, "table": table, "location": f"s3://b/{name}", "files": 2, "size": 2048}
    return {**given, "seconds": 60.0, "why": "because", **more}


def report(**more: Any) -> dict[str, Any]:
    nothing = {name: [] for name in ("removed", "stays", "notOurs", "failed", "unseen")}
    return {**nothing, "dryRun": False, **more}


def test_each_thing_has_its_size_and_why_under_its_table() -> None:
    shown = list(
        lines(
            report(
                removed=[
                    entry("version", "shop.b", "b/v1"),
                    entry("staged table", "shop.a", "a/v2"),
                ],
                stays=[entry("version", "shop.a", "a/v1")],
                failed=[entry("version", "shop.c", "c/v1", why="AccessDenied")],
                notOurs=[entry("files", "shop.a", "a")],
                unseen=[{"what": "s3://b/x", "why": "AccessDenied", "next": "see docs/iam.md"}],
            )
        )
    )
    assert shown == [
        "shop.a",
        "  not ours files s3://b/a: 2 files, 2.0 KiB; because",
        "  stays    version s3://b/a/v1: 2 files, 2.0 KiB; because",
        "  removed  staged table s3://b/a/v2: 2 files, 2.0 KiB; because",
        "shop.b",
        "  removed  version s3://b/b/v1: 2 files, 2.0 KiB; because",
        "shop.c",
        "  FAILED   version s3://b/c/v1: 2 files, 2.0 KiB; AccessDenied",
        "",
        "not seen: s3://b/x: AccessDenied (see docs/iam.md)",
        "2 things removed (4.0 KiB), 1 stay; 1 could not be removed.",
    ]


def test_a_dry_run_says_that_nothing_went() -> None:
    shown = list(lines(report(removed=[entry("version", "shop.b", "b/v1")], dryRun=True)))
    assert shown[1].startswith("  would go version")
    assert shown[-1] == "1 thing would be removed (2.0 KiB), 0 stay."


def test_without_a_project_there_is_no_report(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["clean", "--project-dir", str(tmp_path)])
    assert done.exit_code == 2
    assert "there is no dbt_project.yml" in done.stderr


def test_minutes_are_a_number() -> None:
    done = CliRunner().invoke(main, ["clean", "--older-than", "-1"])
    assert done.exit_code == 2
    assert "older-than" in done.stderr
