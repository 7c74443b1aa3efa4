"""Hudi tables: made, replaced, merged into and swapped with tables of other formats, by SQL, Python and seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from tests.functional.adapter.open_tables import (
    PLAIN,
    SEED,
    SEEDED,
    SEEN,
    client_of,
    in_order,
    incremental,
    names_of_tables,
    python_incremental,
    values,
)

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

MERGE_ON_READ = "hudi_options={'hoodie.datasource.write.table.type': 'MERGE_ON_READ'}"
# No key is null in a Hudi table.
OLD = [(1, "one", "x"), (2, "two", "y"), (4, "four", "z")]
NEW = [(2, "TWO", "y"), (3, None, "z"), (4, "FOUR", "x")]
MERGED = [(1, "one", "x"), *NEW]
ROWS = (values(OLD), values(NEW))
MODELS = {
    "plain.sql": PLAIN,
    "made.sql": (
        "{{ config(materialized='table', file_format='hudi', unique_key='id', partition_by='part', "
        "table_properties={'team': 'lake'}) }} " + ROWS[0]
    ),
    "copied.sql": "{{ config(materialized='table', file_format='hudi') }} select * from {{ ref('made') }}",
    "seen.sql": SEEN,
    "mixed.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="hudi", unique_key=["id", "name"])
    frame = dbt.ref("made").join(dbt.ref("plain").withColumnRenamed("name", "other"), "id")
    return frame.select("id", "name", "other").toPandas()
""",
    **{f"{name}.sql": incremental("hudi", config, *ROWS) for name, config in {
        "appended": "incremental_strategy='append'",
        "merged": "incremental_strategy='merge', unique_key='id', partition_by='part'",
        "merged_on_read": "incremental_strategy='merge', unique_key='id', partition_by='part', " + MERGE_ON_READ,
        "some_columns": "incremental_strategy='merge', unique_key='id', merge_update_columns=['part'], " + MERGE_ON_READ,
        "conditions": "incremental_strategy='merge', unique_key='id', merge_exclude_columns=['part'], matched_condition="
        "\"DBT_INTERNAL_DEST.name <> 'two'\", not_matched_condition=\"DBT_INTERNAL_SOURCE.id > 3\"",
        "replaced": "incremental_strategy='delete+insert', unique_key='id'",
        "overwritten": "incremental_strategy='insert_overwrite', partition_by=['part'], " + MERGE_ON_READ,
        "overwritten_whole": "incremental_strategy='insert_overwrite'",
    }.items()},
    "python_merged.py": python_incremental("hudi", "merge", *ROWS),
    "python_overwritten.py": python_incremental("hudi", "insert_overwrite", *ROWS),
}  # fmt: skip
AFTER = {
    "made": OLD,
    "copied": OLD,
    "appended": [*OLD, *NEW],
    "merged": MERGED,
    "merged_on_read": MERGED,
    "some_columns": [(1, "one", "x"), (2, "two", "y"), (3, None, "z"), (4, "four", "x")],
    "conditions": [(1, "one", "x"), (2, "two", "y"), (4, "FOUR", "z")],
    "replaced": MERGED,
    "overwritten": NEW,
    "overwritten_whole": NEW,
    "python_merged": MERGED,
    "python_overwritten": NEW,
}


@pytest.fixture(scope="class")
def dbt_profile_target(dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
    """Hudi 1.0.2."""
    return {**dbt_profile_target, "glue_version": "5.1"}


class TestHudiTables:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seeded.csv": SEED}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"seeds": {"+file_format": "hudi", "+column_types": {"id": "int"}}}

    def test_everything(self, project: Any, endpoint: EndpointHandle) -> None:
        run_dbt(["build"])

        def rows(name: str, columns: str = "id, name, part") -> list[tuple[Any, ...]]:
            table = f"{project.test_schema}.{name}"
            return in_order(project.run_sql(f"select {columns} from {table}", fetch="all"))

        def commits(name: str) -> list[tuple[Any, ...]]:
            asked = f"call show_commits(table => '{project.test_schema}.{name}')"
            return list(project.run_sql(asked, fetch="all"))

        assert rows("seeded", "id, name, cast(at as string)") == SEEDED
        assert rows("mixed", "id, name, other") == [(1, "one", "p")]
        assert rows("seen", "*") == [(1, "p")]
        for name in AFTER:
            assert rows(name) == in_order(OLD), name
        glue = client_of(endpoint)

        def table(name: str) -> dict[str, Any]:
            found: dict[str, Any] = glue.get_table(DatabaseName=project.test_schema, Name=name)
            return dict(found["Table"])

        assert table("made")["Parameters"]["spark.sql.sources.provider"] == "hudi"
        assert table("made")["Parameters"]["team"] == "lake"
        made_at = {name: table(name)["StorageDescriptor"]["Location"] for name in AFTER}
        first = {name: len(commits(name)) for name in AFTER}
        pages = glue.get_paginator("get_partitions").paginate(
            DatabaseName=project.test_schema, TableName="made"
        )
        partitions = [each["Values"] for page in pages for each in page["Partitions"]]
        assert sorted(partitions) == [["x"], ["y"], ["z"]]

        run_dbt(["build"])
        for name, expected in AFTER.items():
            assert rows(name) == in_order(expected), name
            # Each is one commit in the table that was there.
            assert table(name)["StorageDescriptor"]["Location"] == made_at[name]
            assert len(commits(name)) == first[name] + 1, name
        names = names_of_tables(glue, project.test_schema)
        models = {file.partition(".")[0] for file in MODELS} | {"seeded"}
        synced = {"merged_on_read", "some_columns", "overwritten"}
        assert names == models | {f"{name}_{way}" for name in synced for way in ("ro", "rt")}
