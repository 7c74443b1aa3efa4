"""An upsert that is killed in the middle: what was acknowledged is there, and the next run makes it good."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from tests.functional.adapter.test_killed_runs import dbt_process, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

PARTITIONS = 24
# Each partition is a file of its own to write; `victims` has the processes that may be killed.
MODEL = """
import os
from pathlib import Path

HERE = Path({here!r})


def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="hudi", incremental_strategy="merge", unique_key="id",
        partition_by=["part"], hudi_options={{"hoodie.datasource.write.table.type": {kind!r}}},
    )
    java = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    (HERE / "victims").write_text(f"{{os.getpid()}} {{java}}")
    rows = (HERE / "rows").read_text()
    return session.range({partitions}).selectExpr("id", rows + " as n", "id as part")
"""


class TestKilledUpserts:
    @pytest.fixture(scope="class")
    def here(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("here")

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "5.1"}

    @pytest.fixture(scope="class")
    def models(self, here: Path) -> dict[str, str]:
        return {
            f"{name}.py": MODEL.format(here=str(here), kind=kind, partitions=PARTITIONS)
            for name, kind in (("on_write", "COPY_ON_WRITE"), ("on_read", "MERGE_ON_READ"))
        }

    @pytest.mark.parametrize(("name", "victim"), [("on_write", "worker"), ("on_read", "JVM")])
    def test_the_next_run_makes_it_good(
        self, project: Any, here: Path, endpoint_dir: Path, name: str, victim: str
    ) -> None:
        def rows() -> list[tuple[int, int]]:
            asked = f"select id, n from {project.test_schema}.{name} order by id"
            return [tuple(row) for row in project.run_sql(asked, fetch="all")]

        def with_n(value: int) -> list[tuple[int, int]]:
            return [(number, value) for number in range(PARTITIONS)]

        def run(value: int) -> None:
            (here / "rows").write_text(str(value))
            run_dbt(["run", "-s", name])
            assert rows() == with_n(value)

        run(1)
        run(2)
        location = project.adapter.data_catalog.table(project.test_schema, name)[
            "StorageDescriptor"
        ]["Location"]
        folder = endpoint_dir / "s3" / location.removeprefix("s3://")

        def files() -> set[Path]:
            return {each for each in folder.glob("*=*/*") if not each.name.startswith(".hoodie")}

        def on_the_way() -> set[str]:
            """The instants of Hudi's timeline that began and did not end."""
            names = [each.name for each in folder.glob(".hoodie/timeline/*")]
            ended = {each.partition("_")[0] for each in names if "_" in each}
            return {each.partition(".")[0] for each in names if each.endswith(".inflight")} - ended

        there = files()
        (here / "victims").unlink()
        (here / "rows").write_text("3")
        process = dbt_process(project, "run", "-s", name)
        until(lambda: len(files() - there) > 1)
        assert len(on_the_way()) == 1
        worker, java = (here / "victims").read_text().split()
        os.kill(int(worker if victim == "worker" else java), signal.SIGKILL)
        output, _ = process.communicate()
        assert process.returncode != 0, output
        assert rows() == with_n(2)
        run(4)
        assert on_the_way() == set()
