"""dbt on an endpoint that is as unpleasant as AWS's catalog is, or may be where AWS's pages do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file
from glue_endpoint.fidelity import AS_AWS_VARIABLE
from glue_endpoint.process import client

from tests.local_target import local_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark

PARTITIONED = "{{{{ config(materialized='table', partition_by=['part']) }}}} {}"
OLD = "select * from values (1, 'a'), (2, 'b'), (3, 'c') as t(id, part)"
NEW = "select * from values (4, 'b'), (5, 'd') as t(id, part)"
MERGED = "select * from values (3, 'C'), (4, 'd') as t(id, part)"
LONG = "ä" * 2000
MODELS = {
    "kind.sql": "select 1 as id",
    "parts.sql": PARTITIONED.format(OLD),
    "keys.sql": PARTITIONED.format("select 1 as id, '2026' as part"),
    "overwritten.sql": (
        "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['part']) }}\n"
        f"{{% if is_incremental() %}}{NEW}{{% else %}}{OLD}{{% endif %}}"
    ),
    "merged.sql": (
        "{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}\n"
        f"{{% if is_incremental() %}}{MERGED}{{% else %}}{OLD}{{% endif %}}"
    ),
    "merged_py.py": (
        "import pandas as pd\n"
        "def model(dbt, session):\n"
        '    dbt.config(materialized="incremental", incremental_strategy="merge", unique_key="id")\n'
        "    session.conf.set('spark.sql.shuffle.partitions', '7')\n"
        "    dbt.ref('seeded').createOrReplaceTempView('left_behind')\n"
        "    if dbt.is_incremental:\n"
        "        return pd.DataFrame({'id': [1], 'part': ['z']})\n"
        "    return session.sql('select id, part from left_behind')\n"
    ),
    "typed.yml": """
version: 2
models:
  - name: merged_py
    columns: [{name: id, data_type: bigint}, {name: part, data_type: string}]
    config: {columns_contract: enforce}
""",
    "parts_py.py": (
        "def model(dbt, session):\n"
        '    dbt.config(materialized="table", partition_by=["part"])\n'
        '    return dbt.ref("parts")\n'
    ),
    "documented.yml": f"""
version: 2
models:
  - name: parts
    description: "{LONG}"
    config: {{persist_docs: {{relation: true, columns: true}}}}
    columns: [{{name: id, description: "{"ö" * 200}"}}]
""",
}


@pytest.fixture(scope="module")
def unpleasant_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an endpoint of its own."""
    folder = tmp_path_factory.mktemp("unpleasant") / ".dbt-glue"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(AS_AWS_VARIABLE, "all,jvm,start=0.2,stop=0.2,orphans=600,throttle=50")
        client.ensure_endpoint(folder)
    yield folder
    client.stop(folder)


class TestAsAws:
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, unpleasant_dir: Path) -> dict[str, Any]:
        return local_target(unpleasant_dir)

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seeded.csv": "id,part\n1,a\n2,b\n"}

    def rows(self, project: Any, table: str) -> list[Any]:
        found = project.run_sql(f"select id, part from {{schema}}.{table} order by id", fetch="all")
        return [tuple(row) for row in found]

    def test_a_project_is_built_twice_and_no_partition_of_a_deleted_table_comes_back(
        self, project: Any
    ) -> None:
        """Every run makes and deletes staged tables, in a session without access to the JVM.

        Their names carry a word of the run, so that none gets partitions of another one; what a switch does where
        one has them all the same is in test_switch_races.py, test_a_partition_of_another_version_is_not_switched_in.
        """
        run_dbt(["build"])
        write_file(PARTITIONED.format(NEW), project.project_root, "models", "parts.sql")
        run_dbt(["build"])
        for table in ("parts", "parts_py"):
            assert self.rows(project, table) == [(4, "b"), (5, "d")]
        assert self.rows(project, "overwritten") == [(1, "a"), (3, "c"), (4, "b"), (5, "d")]
        assert self.rows(project, "merged") == [(1, "a"), (2, "b"), (3, "C"), (4, "d")]
        assert self.rows(project, "merged_py") == [(1, "z"), (2, "b")]
        left = project.run_sql("show views", fetch="all")
        assert "left_behind" not in {row[1] for row in left}
        (partitions,) = project.run_sql("set spark.sql.shuffle.partitions", fetch="all")
        assert partitions[1] != "7"
        described = project.adapter.data_catalog.table(project.test_schema, "parts")
        assert described["Description"] == LONG[:1024]

    def test_a_view_becomes_a_table_and_a_table_a_view(self, project: Any) -> None:
        for kind in ("table", "view", "table"):
            text = f"{{{{ config(materialized='{kind}') }}}} select 1 as id, 'x' as part"
            write_file(text, project.project_root, "models", "kind.sql")
            run_dbt(["run", "--select", "kind"])
            assert self.rows(project, "kind") == [(1, "x")]

    def test_partition_keys_change_their_type_and_their_names(self, project: Any) -> None:
        for select, expected in (
            ("select 2 as id, 2026 as part", [(2, 2026)]),
            ("select 3 as id, 'x' as part, 'y' as more", [(3, "x")]),
        ):
            write_file(PARTITIONED.format(select), project.project_root, "models", "keys.sql")
            run_dbt(["run", "--select", "keys"])
            assert self.rows(project, "keys") == expected
