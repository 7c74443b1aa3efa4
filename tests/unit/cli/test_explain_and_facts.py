"""`dbt-glue explain` and `dbt-glue facts`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from glue_cli.main import main
from glue_compiler.rules import all_rules, rule_names

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rule_is_explained_by_code_or_name() -> None:
    by_code = CliRunner().invoke(main, ["explain", "glu201"])
    by_name = CliRunner().invoke(main, ["explain", "lost-dbt-call"])
    assert by_code.exit_code == 0
    assert by_code.stdout == by_name.stdout
    assert "GLU201 lost-dbt-call (error)" in by_code.stdout
    assert "^" in by_code.stdout


@pytest.mark.parametrize("number", range(7))
def test_a_rule_over_a_sessions_answer_is_explained_with_an_example(number: int) -> None:
    result = CliRunner().invoke(main, ["explain", f"GLU62{number}"])
    assert result.exit_code == 0
    assert f": GLU62{number} " in result.stdout.split("Example:")[1]


def test_an_unknown_rule_is_told_with_a_guess() -> None:
    result = CliRunner().invoke(main, ["explain", "lost-dbt-cal"])
    assert result.exit_code == 2
    assert "did you mean `lost-dbt-call`?" in result.stderr


def test_json_counts_rules_and_cases() -> None:
    data = json.loads(
        CliRunner().invoke(main, ["explain", "--all", "--output-format", "json"]).stdout
    )
    rules = all_rules()
    assert data["counts"] == {
        "rules": len(rules),
        "valid": sum(len(rule.valid) for rule in rules),
        "invalid": sum(len(rule.invalid) for rule in rules),
    }


def test_a_page_for_every_rule_and_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    args = ["explain", "--all", "--output-format", "markdown", "--output-dir", str(folder)]
    assert CliRunner().invoke(main, args).exit_code == 0
    pages = {path.stem for path in folder.iterdir()}
    assert pages == {"index", *rule_names()}
    page = (folder / "GLU201.md").read_text()
    assert "## Reported" in page
    assert "## Not reported" in page
    assert "(GLU201.md)" in (folder / "index.md").read_text()


def test_facts_of_a_file_are_json(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def model(dbt, session):\n    return dbt.ref('orders')\n")
    data = json.loads(CliRunner().invoke(main, ["facts", str(path)]).stdout)
    assert data["dbt_uses"][0]["api"] == "ref"
    assert CliRunner().invoke(main, ["facts", str(tmp_path / "none.py")]).exit_code == 2
