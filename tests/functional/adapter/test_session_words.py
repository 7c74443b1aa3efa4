"""Single nodes with a session, a place or a way of their own, by configs and by dbt-glue's words in `meta`."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark


class TestWordsOfNodes:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "sized.sql": "{{ config(materialized='table', workers=3) }} select 1 as id",
            "placed.sql": (
                "{{ config(materialized='table', meta={'location': 's3://dbt-glue-local/else'}) }} "
                "select 1 as id"
            ),
            "frame.py": """
def model(dbt, session):
    dbt.config(meta={"worker_type": "G.2X", "tags": ["mine"], "use_arrow": True})
    return session.range(1)
""",
        }

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"rows.csv": "id\n1\n", "lake.csv": "id\n2\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {
            "seeds": {
                "+meta": {"seed_mode": "append"},
                "test": {"lake": {"+meta": {"seed_format": "iceberg"}}},
            }
        }

    def test_each_is_as_it_says(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["build"])
        assert "was not found using config.get" not in log
        assert "(Glue 5.1, 3 x G.1X)" in log
        assert "(Glue 5.1, 2 x G.2X)" in log
        assert log.count("the config `meta.use_arrow` of models/frame.py has no effect") == 1
        with project.adapter.connection_named("look"):
            table = project.adapter.data_catalog.table(project.test_schema, "placed")
        place = f"s3://dbt-glue-local/else/{project.test_schema}/placed/v"
        assert table["StorageDescriptor"]["Location"].startswith(place)
        run_dbt(["seed"])
        rows = project.run_sql(f"select id from {project.test_schema}.rows", fetch="all")
        assert rows == [(1,), (1,)]
        with project.adapter.connection_named("look"):
            table = project.adapter.data_catalog.table(project.test_schema, "lake")
        assert table["Parameters"]["table_type"] == "ICEBERG"
