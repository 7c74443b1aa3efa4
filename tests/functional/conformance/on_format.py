"""dbt's own suites on one table format after the other: the formats to run, and what Spark's dialect changes in the suites' SQL."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

FORMATS = tuple(os.environ.get("DBT_GLUE_TEST_FORMATS", "parquet,iceberg").split(","))
"""The formats of this run, by their names in `file_format`; `make conformance` names all."""


class OnFormat:
    """Mixed into a suite of dbt-tests-adapter: its project makes tables of one format, once for each format.

    `CONFIG` is what the suite itself puts into dbt_project.yml. The statements that the suite runs beside
    dbt name tables as `schema.table`; tables of an open format are in a catalog of their own.
    """

    CONFIG: dict[str, Any] = {}

    @pytest.fixture(scope="class", params=FORMATS)
    @classmethod
    def table_format(cls, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture(scope="class")
    @classmethod
    def project_root(cls, table_format: str, tmpdir_factory: Any) -> Any:
        """A folder for each format: dbt's own fixture makes one for a class."""
        return tmpdir_factory.mktemp(f"project_{table_format}")

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls, table_format: str) -> dict[str, Any]:
        config = {kind: {"+file_format": table_format} for kind in ("models", "seeds", "snapshots")}
        for key, given in cls.CONFIG.items():
            config[key] = {**config.get(key, {}), **given} if isinstance(given, dict) else given
        return config

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def statements_in_sparks_dialect(cls, project: Any, table_format: str) -> None:
        """Each statement by itself, dates as dates, tables where tables of the format are."""
        run_sql = project.run_sql

        def run_each(sql: str, fetch: str | None = None) -> Any:
            answer = None
            for statement in re.split(r";\s*(?:\n|$)", sql.format(schema=project.test_schema)):
                if statement.strip():
                    answer = run_sql(cls.in_dialect(statement, project, table_format), fetch=fetch)
            return answer

        project.run_sql = run_each

    @classmethod
    def in_dialect(cls, statement: str, project: Any, table_format: str) -> str:
        changed = re.sub(r"'(\d{4}-\d\d-\d\d)'", r"date'\1'", statement)
        if table_format in ("parquet", "orc"):
            return changed
        schema = project.test_schema
        name = rf"(?<![.\w`])(`{schema}`|{schema})\."
        return re.sub(name, f"glue_catalog.{schema}.", changed)
