"""In every open format a table keeps what Lake Formation has on it when it is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt_and_capture

from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

ROLE = "arn:aws:iam::000000000000:role/analyst"
FORMATS = ("iceberg", "delta", "hudi", "s3tables")
TABLE = "{{ config(materialized='table', file_format='%s') }} select 1 as id, 'a' as name"
FRAME = """
def model(dbt, session):
    dbt.config(materialized="table", file_format="iceberg")
    return session.sql("select 1 as id, 'a' as name")
"""
TAGS = {"enabled": True, "drop_existing": True, "tags_table": {"lf_format": "open"}}


class TestOpenFormats:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {"frame.py": FRAME, **{f"{each}.sql": TABLE % each for each in FORMATS}}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"models": {"+lf_tags_config": TAGS, "+grants": {"select": [ROLE]}}}

    def test_what_lake_formation_has_stays_with_the_table(
        self, project: Any, endpoint: EndpointHandle
    ) -> None:
        lake = client_of(endpoint, "lakeformation")
        lake.create_lf_tag(TagKey="lf_format", TagValues=["open"])
        _, log = run_dbt_and_capture(["run"])
        for said in ("set lf_format=open on ", "grant select on "):
            assert log.count(f"Lake Formation: {said}") == 1 + len(FORMATS)
        _, log = run_dbt_and_capture(["run"])
        assert "Lake Formation: " not in log
