"""`dbt-glue endpoint` as a person uses it, and processes that start, race, go stale and end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from glue_endpoint.process.client import ensure_endpoint, find_endpoint, status, stop
from glue_endpoint.process.state import EndpointHandle, StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.spark

COMMAND = Path(sys.executable).with_name("dbt-glue")


def dbt_glue(*arguments: str, directory: Path, code: int = 0) -> str:
    """Runs `dbt-glue endpoint ...`; returns what it printed."""
    answer = subprocess.run(
        [COMMAND, "endpoint", *arguments, "--dir", directory],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == code, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A state folder whose endpoint ends with the test."""
    yield tmp_path / ".dbt-glue"
    stop(tmp_path / ".dbt-glue")


def test_start_status_env_logs_stop(folder: Path, wait: Callable[..., None]) -> None:
    assert "No endpoint is running" in dbt_glue("status", directory=folder, code=1)
    assert "dbt-glue endpoint start" in dbt_glue("env", directory=folder, code=1)
    started = dbt_glue("start", directory=folder)
    assert "starting the embedded Glue endpoint" in started
    handle = find_endpoint(folder)
    assert handle is not None
    assert dbt_glue("start", directory=folder) == f"{handle.url} (process {handle.pid})\n"

    described = json.loads(dbt_glue("status", "--json", directory=folder))
    assert (described["running"], described["pid"]) == (True, handle.pid)
    assert described["idle_minutes"] == 15
    shown = dbt_glue("status", directory=folder)
    assert handle.url in shown
    assert handle.secret_access_key not in shown

    shell = dbt_glue("env", directory=folder) + "env"
    exported = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert f"AWS_SECRET_ACCESS_KEY={handle.secret_access_key}" in exported.stdout.splitlines()
    assert f"AWS_ENDPOINT_URL={handle.url}" in exported.stdout.splitlines()
    for name in ("NO_PROXY", "no_proxy"):
        hosts = next(row for row in exported.stdout.splitlines() if row.startswith(f"{name}="))
        assert hosts.endswith("127.0.0.1,localhost")

    logged = dbt_glue("logs", directory=folder)
    assert f"serving {handle.url}" in logged
    assert handle.secret_access_key not in logged
    assert dbt_glue("stop", directory=folder) == "Stopped.\n"
    wait(lambda: _gone(handle.pid), "the end of the process")
    assert "No endpoint was running" in dbt_glue("stop", directory=folder)


def test_run_serves_until_ctrl_c_and_takes_spark_along(
    folder: Path, connect: type[Any], wait: Callable[..., None]
) -> None:
    process = subprocess.Popen(
        [COMMAND, "endpoint", "run", "--dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(6)]
    assert printed[1].startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
    handle = find_endpoint(folder)
    assert handle is not None
    connect(handle).session()
    assert (status(folder) or {})["spark"] == "ready"
    children = psutil.Process(process.pid).children(recursive=True)
    assert any("java" in child.name() for child in children)
    assert "An endpoint already serves" in dbt_glue("run", directory=folder, code=1)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stdout.close()
    wait(lambda: not any(child.is_running() for child in children), "the JVM's end", 20)
    assert not (folder / "endpoint.json").exists()


def test_two_commands_at_once_get_one_endpoint(folder: Path) -> None:
    code = (
        "import sys, pathlib; from glue_endpoint.process.client import ensure_endpoint\n"
        "print(ensure_endpoint(pathlib.Path(sys.argv[1])).pid)"
    )
    commands = [
        subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    found = {command.communicate(timeout=120)[0].strip() for command in commands}
    assert len(found) == 1
    handle = find_endpoint(folder)
    assert handle is not None
    assert found == {str(handle.pid)}


def test_a_killed_endpoint_is_replaced(
    folder: Path, connect: type[Any], wait: Callable[..., None]
) -> None:
    first = ensure_endpoint(folder)
    api = connect(first)
    api.glue.create_database(DatabaseInput={"Name": "kept"})
    api.session()
    children = psutil.Process(first.pid).children(recursive=True)
    os.kill(first.pid, signal.SIGKILL)
    wait(lambda: StateFolder(folder).holder() is None, "the end of the process")
    assert (folder / "endpoint.json").exists()
    second = ensure_endpoint(folder)
    assert second.pid != first.pid
    wait(lambda: not any(child.is_running() for child in children), "the orphans' end", 20)
    found = connect(second).glue.get_databases()["DatabaseList"]
    assert "kept" in [each["Name"] for each in found]


def test_an_endpoint_of_another_build_is_replaced_when_idle(folder: Path) -> None:
    first = ensure_endpoint(folder)
    old = EndpointHandle(first.url, first.access_key_id, first.secret_access_key, first.pid, "0.0")
    StateFolder(folder).write_handle(old)
    said: list[str] = []
    second = ensure_endpoint(folder, on_progress=said.append)
    assert second.pid != first.pid
    assert "replacing" in said[0]


def test_an_idle_endpoint_stops(folder: Path, wait: Callable[..., None]) -> None:
    handle = ensure_endpoint(folder, idle_minutes=0.02)
    wait(lambda: _gone(handle.pid), "the idle stop", 60)
    assert find_endpoint(folder) is None
    assert "idle for 0.02 minutes" in (folder / "endpoint.log").read_text()


def _gone(pid: int) -> bool:
    """Whether the process has ended; a container may have nobody who collects it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
