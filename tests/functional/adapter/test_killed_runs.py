"""dbt killed in the middle of a run: the old table is readable, nothing half made shows, the next run repairs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file

from dbt.adapters.glue import old_versions
from dbt.adapters.glue.versions import MARKS, new_version, owner_hash
from tests.local_target import local_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.spark

# `model` returns what the file `rows` says; with a file `wait` it waits, as a long computation does.
PYTHON = """
import time
from pathlib import Path

HERE = Path({here!r})


def model(dbt, session):
    dbt.config(materialized={materialized!r}, unique_key="n")
    (HERE / "began").touch()
    try:
        while (HERE / "wait").exists():
            time.sleep(0.05)
    except KeyboardInterrupt:
        (HERE / "interrupted").touch()
        raise
    return session.createDataFrame([(int((HERE / "rows").read_text()), "x")], "n int, t string")
"""


def rows(project: Any, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    found = project.run_sql(f"select {columns} from {{schema}}.{table}", fetch="all")
    return sorted((tuple(row) for row in found), key=repr)


def until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def dbt_process(project: Any, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dbt.cli.main", *arguments, "--profiles-dir", str(project.profiles_dir)],
        cwd=project.project_root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
    )  # fmt: skip


class TestKilled:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    @pytest.mark.parametrize(
        ("materialized", "flags"), [("table", []), ("incremental", ["--full-refresh"])]
    )
    def test_the_old_table_is_there_and_the_next_run_repairs(
        self, project: Any, tmp_path: Path, materialized: str, flags: list[str]
    ) -> None:
        name = f"killed_{materialized}"
        text = PYTHON.format(here=str(tmp_path), materialized=materialized)
        write_file(text, project.project_root, "models", f"{name}.py")
        (tmp_path / "rows").write_text("1")
        run_dbt(["run", "-s", name])
        (tmp_path / "began").unlink()
        (tmp_path / "rows").write_text("2")
        (tmp_path / "wait").touch()
        process = dbt_process(project, "run", "-s", name, *flags)
        until((tmp_path / "began").exists)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert rows(project, name, "n") == [(1,)]

        # The session outlives the command that was killed, and leaves the new table half made.
        (tmp_path / "wait").unlink()
        catalog = project.adapter.data_catalog
        pattern = f"{name}__dbt_new_.*"
        until(lambda: list(catalog.tables_matching(project.test_schema, pattern)) != [])
        assert rows(project, name, "n") == [(1,)]
        documented = run_dbt(["docs", "generate"])
        assert not [key for key in documented.nodes if "__dbt" in key]
        shown = project.adapter.list_relations_without_caching(
            project.adapter.Relation.create(schema=project.test_schema)
        )
        assert not [found for found in shown if "__dbt" in found.identifier]

        (tmp_path / "rows").write_text("3")
        run_dbt(["run", "-s", name, *flags])
        assert rows(project, name, "n") == [(3,)]
        assert list(catalog.tables_matching(project.test_schema, pattern)) == []

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_cancels_the_model_and_stops_its_session(
        self, project: Any, tmp_path: Path, number: signal.Signals
    ) -> None:
        name = f"stopped_by_{number.name.lower()}"
        text = PYTHON.format(here=str(tmp_path), materialized="table")
        write_file(text, project.project_root, "models", f"{name}.py")
        (tmp_path / "rows").write_text("1")
        (tmp_path / "wait").touch()
        process = dbt_process(project, "run", "-s", name)
        until((tmp_path / "began").exists)
        process.send_signal(number)
        began = time.monotonic()
        output, _ = process.communicate(timeout=60)
        assert time.monotonic() - began < 30, output
        assert process.returncode != 0, output
        assert "Stopped Glue session" in output
        assert (tmp_path / "interrupted").exists()
        assert project.adapter.data_catalog.table(project.test_schema, name) is None

    def test_a_killed_jvm_costs_one_model_and_no_time(
        self, project: Any, tmp_path: Path, endpoint_dir: Path
    ) -> None:
        text = PYTHON.format(here=str(tmp_path), materialized="table")
        write_file(text, project.project_root, "models", "a_jvm.py")
        (tmp_path / "rows").write_text("1")
        (tmp_path / "wait").touch()
        process = dbt_process(project, "run", "-s", "a_jvm", "start")
        until((tmp_path / "began").exists, 180)
        found = ["pgrep", "-f", f"{endpoint_dir}.*PythonGatewayServer"]
        jvms = subprocess.run(found, capture_output=True, text=True, check=True).stdout.split()
        began = time.monotonic()
        for each in jvms:
            os.kill(int(each), signal.SIGKILL)
        assert process.stdout is not None
        log = ""
        while "ERROR creating" not in log:
            line = process.stdout.readline()
            assert line, log
            log += line
        assert time.monotonic() - began < 15, log
        output, _ = process.communicate(timeout=120)
        assert "ended while a statement was running" in output
        assert process.returncode == 1
        assert rows(project, "start", "n") == [(1,)]


class TestKilledInKeptSessions:
    """`glue_session_reuse`: what a killed dbt left at work does not stand in the way of the next, nor does a living one."""

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, endpoint: Any, endpoint_dir: Path) -> dict[str, Any]:
        return {
            **local_target(endpoint_dir),
            "threads": 1,
            "glue_session_reuse": True,
            "glue_session_id": f"kept-{uuid.uuid4().hex[:8]}",
        }

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"other.sql": "{{ config(materialized='table') }} select 7 as n"}

    def test_the_next_run_works_and_so_does_one_beside(self, project: Any, tmp_path: Path) -> None:
        text = PYTHON.format(here=str(tmp_path), materialized="table")
        write_file(text, project.project_root, "models", "zombie.py")
        (tmp_path / "rows").write_text("1")
        (tmp_path / "wait").touch()
        process = dbt_process(project, "run", "-s", "zombie")
        until((tmp_path / "began").exists)
        beside = dbt_process(project, "run", "-s", "other")
        output, _ = beside.communicate(timeout=120)
        assert beside.returncode == 0, output
        assert "is at work for another process" in output
        assert process.poll() is None

        process.send_signal(signal.SIGKILL)
        process.communicate()
        write_file(
            text.replace("exists()", "is_dir()"), project.project_root, "models", "zombie.py"
        )
        (tmp_path / "rows").write_text("2")
        after = dbt_process(project, "run", "-s", "zombie")
        output, _ = after.communicate(timeout=120)
        assert after.returncode == 0, output
        assert (tmp_path / "interrupted").exists()
        assert rows(project, "zombie", "n") == [(2,)]
        assert rows(project, "other", "n") == [(7,)]


class TestVersionsOfEarlierDays:
    """Folders that a table is made of are never taken for forgotten ones, however old they are."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        partitions = (
            "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['p']) }}\n"
            "{% if is_incremental() %} select 2 as n, 'b' as p {% else %} select 1 as n, 'a' as p union all select 1, 'b' {% endif %}"
        )
        return {"by_part.sql": partitions}

    def test_they_stay(
        self, project: Any, tmp_path: Path, endpoint_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (PYTHON.replace('unique_key="n"', 'incremental_strategy="append"')).format(
            here=str(tmp_path), materialized="incremental"
        )
        write_file(text, project.project_root, "models", "appends.py")
        (tmp_path / "rows").write_text("1")
        with monkeypatch.context() as patched:
            patched.setattr(
                old_versions,
                "new_version",
                lambda *_: "v20240101T000000_" + new_version()[-8:],
            )
            run_dbt(["run"])
        run_dbt(["run"])
        run_dbt(["run"])
        assert rows(project, "appends", "n") == [(1,), (1,), (1,)]
        assert rows(project, "by_part") == [(1, "a"), (2, "b")]

        # What a killed run left there days ago may have been read until now: it goes as what is replaced.
        location = project.adapter.data_catalog.table(project.test_schema, "appends")[
            "StorageDescriptor"
        ]["Location"]
        folder = endpoint_dir / "s3" / location.removeprefix("s3://").rpartition("/")[0]
        catalog_name = project.adapter.connections.aws.catalog_name
        owner = owner_hash(catalog_name, project.test_schema, "appends")
        forgotten = folder / f"v20240102T000000_0123abcd_{owner}_r01234567"
        forgotten.mkdir()
        # Nobody can tell whose that is, as names of earlier days say nothing of it.
        unknown = folder / "v20240102T000000_0123abcd"
        unknown.mkdir()
        (folder / "notes").mkdir()
        run_dbt(["run", "-s", "appends", "--full-refresh"])
        assert rows(project, "appends", "n") == [(1,)]
        assert forgotten.exists()
        mark = folder / MARKS / forgotten.name
        then = time.time() - 3700
        os.utime(mark, (then, then))
        run_dbt(["run", "-s", "appends", "--full-refresh"])
        assert not forgotten.exists()
        assert not mark.exists()
        assert unknown.exists()
