"""`dbt-glue schema`: real columns in a terminal, and a round trip into YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner, Result
from glue_cli.main import main

from tests.integration.validation.conftest import SPENT, make_project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark


def run(root: Path, *arguments: str) -> Result:
    places = ["--project-dir", str(root), "--profiles-dir", str(root)]
    return CliRunner().invoke(main, ["schema", *arguments, *places])


@pytest.fixture
def project(tmp_path: Path, endpoint_dir: Path, shop: Path) -> Path:
    """Another project on the tables of the shop."""
    assert shop.exists()
    return make_project(tmp_path / "project", endpoint_dir, "shop_validation")


def test_a_model_s_columns_are_those_of_the_session(project: Path) -> None:
    found = run(project, "spent")
    assert found.exit_code == 0, found.stderr
    assert found.stdout == "customer  string\nspent     decimal(20,2)\n"
    assert "2 columns, from the session, a spark frame" in found.stderr


def test_a_table_s_columns_are_those_of_the_catalog_without_a_session(project: Path) -> None:
    for name in ("orders", "raw.orders", "shop_validation.orders"):
        found = run(project, name, "--json")
        assert found.exit_code == 0, found.stderr
        data = json.loads(found.stdout)
        assert data["provenance"] == "catalog"
        assert [column["type"] for column in data["columns"]] == [
            "bigint",
            "decimal(10,2)",
            "string",
        ]
        assert "Session" not in found.stderr


def test_errors_are_told_with_their_place(project: Path) -> None:
    (project / "models/spent.py").write_text(SPENT.replace('"amount"', '"amuont"'))
    found = run(project, str(project / "models/spent.py"))
    assert found.exit_code == 1
    assert "models/spent.py:6:50 error UNRESOLVED_COLUMN" in found.stdout
    assert "`amount`" in found.stdout


def test_what_is_nowhere_has_no_answer(project: Path) -> None:
    assert run(project, "nothing").exit_code == 2
    found = run(project, "shop_validation.nothing")
    assert found.exit_code == 2
    assert "nothing" in found.stderr


def test_columns_are_written_and_read_again(project: Path) -> None:
    (project / "models/new").mkdir()
    (project / "models/new/wide.py").write_text(
        SPENT.replace("agg(", 'agg(F.count("id").alias("n"), ')
    )
    assert run(project, "wide", "--write").exit_code == 0
    text = (project / "models/new/schema.yml").read_text()
    assert yaml.safe_load(text)["models"] == [
        {
            "name": "wide",
            "columns": [
                {"name": "customer", "data_type": "string"},
                {"name": "n", "data_type": "bigint"},
                {"name": "spent", "data_type": "decimal(20,2)"},
            ],
        }
    ]
    again = run(project, "wide", "--write")
    assert "nothing was missing" in again.stderr
    assert again.exit_code == 0
    assert (project / "models/new/schema.yml").read_text() == text
    before = (project / "models/schema.yml").read_text()
    (project / "models/schema.yml").write_text(before.replace(', data_type: "decimal(20,2)"', ""))
    found = run(project, "spent", "--write")
    assert "models/schema.yml: gave a type to spent" in found.stderr
    assert (project / "models/schema.yml").read_text() == before
