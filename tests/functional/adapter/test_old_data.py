"""What becomes of data that a table is no longer made of: readers finish, killed runs leave nothing, others' data stays."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file
from glue_compiler.program.transport import sql_request
from glue_endpoint.process import client

from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from dbt.adapters.glue.versions import MARKS, VERSION
from tests.functional.adapter.test_killed_runs import dbt_process, rows, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

# Its job waits for a file, so that its folder is there and nothing refers to it.
SLOW = """
import time
from pathlib import Path

HERE = Path({here!r})


def model(dbt, session):
    dbt.config(materialized="table")
    if not (HERE / "wait").exists():
        return session.createDataFrame([(1,)], "n int")

    def waits(frames):
        import time
        from pathlib import Path

        (Path({here!r}) / "began").touch()
        while (Path({here!r}) / "wait").exists():
            time.sleep(0.05)
        yield from frames

    # One task: others go on in the same Spark.
    return session.range(2, 3, 1, 1).selectExpr("cast(id as int) as n").mapInPandas(waits, "n int")
"""

# The rows of one task, which opens file after file: more of them than wait between Spark and Python.
GATE = """
import time
from pathlib import Path

def _gate(text, opened=[]):
    here = Path({here!r})
    (here / "reading").touch()
    while not opened:
        if (here / "go").exists():
            opened.append(True)
        time.sleep(0.02)
    return len(text)

spark.udf.register("gate", _gate, "int")
"""
READ = "select count(gate(t)), min(id), max(id) from (select /*+ coalesce(1) */ * from {table})"
MANY = (
    "{{ config(materialized='table') }} select /*+ repartition(24) */ id + {{ var('more', 0) }} as id, "
    "repeat(md5(cast(id as string)), 20) as t from range(24000)"
)


class Disk:
    """The folders of a project's tables on this machine's disk."""

    def __init__(self, project: Any, endpoint_dir: Path) -> None:
        self._project, self._store = project, endpoint_dir / "s3"

    def path(self, location: str) -> Path:
        return self._store / location.removeprefix("s3://")

    def location(self, table: str) -> str:
        found = self._project.adapter.data_catalog.table(self._project.test_schema, table)
        return str(found["StorageDescriptor"]["Location"])

    def root(self, table: str) -> Path:
        return self.path(f"s3://dbt-glue-local/warehouse/{self._project.test_schema}/{table}")

    def versions(self, table: str) -> list[str]:
        root = self.root(table)
        found = root.iterdir() if root.exists() else ()
        return sorted(each.name for each in found if VERSION.fullmatch(each.name))

    def marks(self, table: str) -> list[Path]:
        folder = self.root(table) / MARKS
        found = folder.iterdir() if folder.exists() else ()
        return sorted(each for each in found if each.name.startswith("v"))

    def live(self, table: str) -> str:
        return self.location(table).rpartition("/")[2]

    def an_hour_passes(self, table: str) -> None:
        for mark in self.marks(table):
            then = time.time() - 3700
            os.utime(mark, (then, then))


class TestOldData:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "many.sql": MANY,
            "brief.sql": "{{ config(materialized='table', old_version_retention_in_minutes=0) }} select 1 as n",
            "moved.sql": "{{ config(materialized='table') }} select 2 as n",
            "parts.sql": (
                "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['p']) }} "
                "select 2 as n, 'b' as p"
            ),
        }

    @pytest.fixture
    def disk(self, project: Any, endpoint_dir: Path) -> Disk:
        return Disk(project, endpoint_dir)

    @pytest.fixture
    def other_session(self, project: Any) -> Iterator[GlueHandle]:
        credentials = project.adapter.config.credentials
        clients = project.adapter.connections.aws
        pool = SessionPool(clients.sessions, credentials)
        handle = GlueHandle(pool, Environment.of(credentials), project.test_schema)
        yield handle
        handle.close()
        pool.stop_all()

    def test_a_query_that_runs_finishes_with_what_it_began(
        self, project: Any, disk: Disk, other_session: GlueHandle, tmp_path: Path
    ) -> None:
        run_dbt(["run", "-s", "many"])
        old = disk.live("many")
        assert not other_session.run([GATE.format(here=str(tmp_path))]).failed
        read: list[Any] = []

        def query() -> None:
            cursor = other_session.cursor()
            cursor.execute(READ.format(table=f"{project.test_schema}.many"))
            read.extend(cursor.fetchall())

        reader = threading.Thread(target=query)
        reader.start()
        until((tmp_path / "reading").exists)
        for more in (100, 200):
            run_dbt(["run", "-s", "many", "--vars", f"more: {more}"])
        assert rows(project, "many", "min(id)") == [(200,)]
        (tmp_path / "go").touch()
        reader.join()
        assert read == [(24000, 0, 23999)]
        assert old in disk.versions("many")
        assert len(disk.marks("many")) == 2

        disk.an_hour_passes("many")
        run_dbt(["run", "-s", "many"])
        assert len(disk.versions("many")) == 2  # what was live until now, and what is
        assert disk.live("many") in disk.versions("many")
        assert len(disk.marks("many")) == 1

    def test_nothing_stays_where_nothing_is_to_stay(self, project: Any, disk: Disk) -> None:
        for _ in range(2):
            run_dbt(["run", "-s", "brief"])
            assert disk.versions("brief") == [disk.live("brief")]
        assert disk.marks("brief") == []

    def test_a_session_for_each_model_leaves_no_more(self, project: Any, disk: Disk) -> None:
        profiles = Path(project.profiles_dir) / "profiles.yml"
        before = profiles.read_text()
        profiles.write_text(
            before.replace("type: glue", "type: glue\n      enable_session_per_model: true")
        )
        assert profiles.read_text() != before
        try:
            run_dbt(["run", "-s", "brief"])
            run_dbt(["run", "-s", "brief", "many"])
        finally:
            profiles.write_text(before)
        assert disk.versions("brief") == [disk.live("brief")]

    def test_a_killed_runs_folder_goes_and_a_working_ones_stays(
        self, project: Any, disk: Disk, tmp_path: Path
    ) -> None:
        path = ("models", "slow.py")
        slow, quick = (SLOW.format(here=str(place)) for place in (tmp_path, tmp_path / "no"))
        write_file(slow, project.project_root, *path)
        run_dbt(["run", "-s", "slow"])
        (tmp_path / "wait").touch()

        known: set[str] = set()

        def begun() -> tuple[Any, str]:
            # A task of the killed run may write its folder once more before Spark ends it.
            known.update(disk.versions("slow"))
            process = dbt_process(project, "run", "-s", "slow")
            until((tmp_path / "began").exists)
            (half,) = set(disk.versions("slow")) - known
            known.add(half)
            (tmp_path / "began").unlink()
            return process, half

        process, half = begun()
        process.kill()
        process.communicate()
        sessions = project.adapter.connections.aws.sessions
        (session,) = [each for each in sessions.living_sessions() if half[-9:] in each]
        sessions.stop_session(session)
        until(lambda: session not in sessions.living_sessions())
        write_file(quick, project.project_root, *path)
        run_dbt(["run", "-s", "slow"])
        assert half not in disk.versions("slow")
        assert disk.live("slow") in disk.versions("slow")
        assert rows(project, "slow") == [(1,)]

        write_file(slow, project.project_root, *path)
        process, half = begun()
        write_file(quick, project.project_root, *path)
        run_dbt(["run", "-s", "slow"])
        assert half in disk.versions("slow")
        assert not [mark for mark in disk.marks("slow") if mark.name == half]
        (tmp_path / "wait").unlink()
        process.communicate()

    def test_nothing_is_built_below_a_table_that_another_tool_made(
        self, project: Any, disk: Disk
    ) -> None:
        schema = project.test_schema
        for table, by, select in (
            ("moved", "", "select 1 as n"),
            ("parts", "partitioned by (p)", "select 1 as n, 'a' as p union all select 1, 'b'"),
        ):
            place = f"s3://dbt-glue-local/warehouse/{schema}/{table}"
            project.run_sql(
                f"create table {schema}.{table} using parquet {by} location '{place}' as {select}"
            )
        before = {table: sorted(disk.root(table).rglob("*")) for table in ("moved", "parts")}
        run_dbt(["run", "-s", "moved", "parts"])
        assert rows(project, "moved") == [(2,)]
        assert rows(project, "parts") == [(1, "a"), (2, "b")]
        for table, files in before.items():
            assert sorted(disk.root(table).rglob("*")) == files
        assert disk.location("moved").startswith(
            f"s3://dbt-glue-local/warehouse/{schema}/moved__dbt_glue/v"
        )
        run_dbt(["run", "-s", "moved", "parts"])
        assert sorted(disk.root("moved").rglob("*")) == before["moved"]
        assert len(disk.versions("moved__dbt_glue")) == 2
        assert len(disk.marks("moved__dbt_glue")) == 1

    def test_old_data_goes_without_the_jvm_and_no_answer_is_lost(
        self, project: Any, disk: Disk, other_session: GlueHandle
    ) -> None:
        """As where fine-grained access control keeps Python from the JVM."""
        run_dbt(["run", "-s", "brief"])
        root = disk.root("brief")
        useless = "v20240101T000000_0123abcd"
        (root / useless).mkdir()
        (root / useless / "part").write_text("x")
        (root / "notes").mkdir()
        forbid = (
            "class _Restricted:\n"
            "    def __getattr__(self, name):\n"
            "        if name == 'hadoopConfiguration':\n"
            "            raise RuntimeError('JVM access is restricted')\n"
            "        return getattr(_allowed, name)\n"
            "_allowed = spark.sparkContext._jsc\n"
            "spark.sparkContext._jsc = _Restricted()"
        )
        assert not other_session.run([forbid]).failed
        location = disk.location("brief").rpartition("/")[0]
        requests = [
            {"root": location, "folders": [useless, "notes"], "mark": [useless], "look": True},
            {"root": "file:///nowhere", "folders": [useless]},
        ]
        answer = other_session.call(
            "sql", {**sql_request("select 7 as n", fetch=True), "remove": requests}
        )
        assert not other_session.run(["spark.sparkContext._jsc = _allowed"]).failed
        assert answer.framed["schema"]["fields"][0]["name"] == "n"
        (found,) = answer.framed["old_data"]
        assert found["versions"] == [disk.live("brief")]
        assert 0 <= found["marks"][useless] < 60
        assert not (root / useless).exists()
        assert (root / "notes").exists()
        (warning,) = answer.framed["warnings"]
        assert (
            "could not remove old data under file:///nowhere: JVM access is restricted" in warning
        )

    def test_two_catalogs_over_one_location_leave_each_other_alone(
        self, project: Any, disk: Disk, endpoint_dir: Path, tmp_path: Path
    ) -> None:
        """The same schema and the same bucket: to each, what nothing refers to is the live data of the other."""
        second = tmp_path / ".dbt-glue"
        second.mkdir()
        (second / "s3").symlink_to(endpoint_dir / "s3")
        for _ in range(2):
            run_dbt(["run", "-s", "brief"])
        first = disk.live("brief")
        profiles = Path(project.profiles_dir) / "profiles.yml"
        before = profiles.read_text()
        profiles.write_text(before.replace(str(endpoint_dir), str(second)))
        assert profiles.read_text() != before
        try:
            for _ in range(2):
                process = dbt_process(project, "run", "-s", "brief")
                output, _ = process.communicate()
                assert process.returncode == 0, output
        finally:
            profiles.write_text(before)
            client.stop(second)
        (other,) = set(disk.versions("brief")) - {first}
        assert rows(project, "brief") == [(1,)]
        run_dbt(["run", "-s", "brief"])
        assert sorted([disk.live("brief"), other]) == disk.versions("brief")
