"""A clone of a Delta table that is made again beside the old one: whose it is, is known from its first moment."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from tests.functional.adapter.open_tables import client_of, names_of_tables, versions_of
from tests.functional.adapter.wired import Wired

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

AGAIN = ("clone", "--state", "state", "--target", "other", "--full-refresh")
MODEL = "{{ config(materialized='table', file_format='delta') }} select {{ var('n', 1) }} as n"


class TestDeltaClones(Wired):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "made.sql": MODEL,
            "models.yml": "models: [{name: made, description: told, config: {persist_docs: {relation: true}}}]",
        }

    @pytest.fixture(scope="class")
    def profiles_config_update(
        self, dbt_profile_target: dict[str, Any], unique_schema: str
    ) -> dict[str, Any]:
        outputs = {"default": dbt_profile_target, "other": deepcopy(dbt_profile_target)}
        outputs["default"]["schema"] = unique_schema
        outputs["other"]["schema"] = f"{unique_schema}_other"
        return {"test": {"outputs": outputs, "target": "default"}}

    def test_a_clone_that_was_not_switched_is_removed(
        self, project: Any, wire: Wire, endpoint: EndpointHandle
    ) -> None:
        other = f"{project.test_schema}_other"
        run_dbt(["run"])
        root = Path(project.project_root)
        (root / "state").mkdir()
        shutil.copyfile(root / "target" / "manifest.json", root / "state" / "manifest.json")
        run_dbt(list(AGAIN[:-1]))
        run_dbt(["run", "--vars", "n: 2"])
        wire.fail_next("UpdateTable", "AccessDeniedException", "not now")
        run_dbt(list(AGAIN), expect_pass=False)
        glue = client_of(endpoint)
        (staged,) = [t for t in names_of_tables(glue, other) if t.startswith("made__dbt_new")]
        versions = versions_of(glue, other, staged)
        said = {version["Parameters"].get("comment") for version in versions}
        assert said == {f"staged by dbt for {other}.made"}
        assert self.rows(project, other) == [1]

        run_dbt(list(AGAIN))
        assert names_of_tables(glue, other) == {"made"}
        assert self.rows(project, other) == [2]
        found = glue.get_table(DatabaseName=other, Name="made")["Table"]
        assert "staged by dbt" not in str(found)
        assert project.run_sql(f"describe detail {other}.made", fetch="one")[3] == "told"

    def rows(self, project: Any, schema: str) -> list[int]:
        return [row[0] for row in project.run_sql(f"select n from {schema}.made", fetch="all")]
