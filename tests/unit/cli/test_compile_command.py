"""`dbt-glue compile`: programs, diffs and plans without dbt and without a session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
def model(dbt, session):
    dbt.config(materialized="incremental", batch=5)
    df = dbt.ref("orders")
    if dbt.is_incremental:
        df = df.limit(dbt.config.get("batch"))
    if df.count() == 0:
        return df
    print(df.count())
    return df
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1'\nprofile: shop\n")
    models = tmp_path / "models"
    models.mkdir()
    (models / "daily.py").write_text(MODEL)
    (models / "orders.sql").write_text("select 1 as id")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["compile", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_plan_is_a_table_that_tells_why(project: Path) -> None:
    text = run("daily")
    assert "returns a Spark frame" in text
    assert "emptiness" in text
    assert "count_reported" in text


def test_the_plan_as_json(project: Path) -> None:
    decisions = json.loads(run("models/daily.py", "--incremental", "--json"))["decisions"]
    assert {d["rewrite"] for d in decisions if d["applied"]} == {"partial_evaluation", "emptiness"}


def test_the_diff_of_both_kinds_of_runs(project: Path) -> None:
    assert "+    if False:" in run("daily", "--show", "diff")
    incremental = run("daily", "--show", "diff", "--incremental")
    assert "+    if True:" in incremental
    assert "+        df = df.limit((5))" in incremental


def test_the_program_names_the_relations_of_the_project(project: Path) -> None:
    text = run("daily", "--show", "program", "--schema", "shop")
    assert "`shop`.`orders`" in text
    assert "isEmpty" in text


def test_a_standalone_script_is_python(project: Path) -> None:
    text = run("daily", "--standalone")
    compile(text, "script", "exec")
    assert text.index("__dbt_glue__.attach") < text.index("__dbt_glue__.run_model(")


def test_facts(project: Path) -> None:
    assert json.loads(run("daily", "--show", "facts"))["flow"]["complete"] is True


def test_a_model_that_is_not_there(project: Path) -> None:
    result = CliRunner().invoke(main, ["compile", "nothing"])
    assert result.exit_code == 2
    assert "nothing" in result.stderr


def test_a_value_that_only_dbt_knows_stays_a_call(project: Path) -> None:
    path = project / "models" / "daily.py"
    path.write_text(MODEL.replace('"batch")', '"size")'))
    assert "unset" in run("daily", "--incremental")
