"""Finding and starting the endpoint's process, as far as it needs no Spark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from glue_compiler.knowledge.requirement import split_requirements
from glue_endpoint.api.auth import CONTROL_SERVICE, Credentials, HttpRequest, Verifier
from glue_endpoint.api.responses import HttpResponse
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.fidelity import AS_AWS_VARIABLE, POLICY_VARIABLE
from glue_endpoint.process import state
from glue_endpoint.process.client import (
    EndpointHandle,
    EndpointStartError,
    ensure_endpoint,
    find_endpoint,
    status,
    stop,
)
from glue_endpoint.process.state import StateFolder, build
from glue_endpoint.sessions.arguments import list_entries

if TYPE_CHECKING:
    from collections.abc import Iterator


class Liar:
    """Answers every question, but does not know the secret."""

    def handle(self, request: HttpRequest, caller: object) -> HttpResponse:
        return HttpResponse.of_json({"proof": "0" * 64, "spark": "ready"})

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        return HttpResponse.of_error(code, message, status)


class Honest(Liar):
    def __init__(self, keys: Credentials) -> None:
        self._keys = keys

    def handle(self, request: HttpRequest, caller: object) -> HttpResponse:
        nonce = json.loads(request.body)["nonce"]
        return HttpResponse.of_json({"proof": self._keys.prove(nonce), "spark": "ready"})


@contextmanager
def published(folder: StateFolder, keys: Credentials, control: Liar) -> Iterator[EndpointHandle]:
    """A server in this process that `folder` knows."""
    verifier = Verifier(keys, lambda: datetime.now(timezone.utc))
    server = EndpointServer({CONTROL_SERVICE: control}, verifier)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    handle = EndpointHandle(
        server.url, keys.access_key_id, keys.secret_access_key, os.getpid(), build()
    )
    folder.prepare()
    folder.write_handle(handle)
    try:
        yield handle
    finally:
        server.shutdown()
        server.server_close()


def test_finds_a_running_endpoint(tmp_path: Path) -> None:
    keys = Credentials.generate()
    with published(StateFolder(tmp_path), keys, Honest(keys)) as handle:
        assert find_endpoint(tmp_path) == handle
        assert ensure_endpoint(tmp_path) == handle
    assert find_endpoint(tmp_path) is None


def test_does_not_trust_a_stranger_on_the_port(tmp_path: Path) -> None:
    with published(StateFolder(tmp_path), Credentials.generate(), Liar()):
        assert find_endpoint(tmp_path) is None


def test_the_keys_are_readable_by_the_user_alone(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    folder.write_handle(EndpointHandle("http://127.0.0.1:1", "AKIA", "secret", 1))
    assert folder.handle_file.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert "secret" not in repr(folder.read_handle())
    assert (folder.path / ".gitignore").read_text() == "*\n"


def test_a_folder_that_was_there_is_not_hidden_from_git(tmp_path: Path) -> None:
    (tmp_path / "precious.sql").write_text("select 1")
    StateFolder(tmp_path).prepare()
    assert not (tmp_path / ".gitignore").exists()


def test_a_state_folder_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    with folder.held():
        folder.path.chmod(0o755)
    folder.prepare()
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_other_peoples_folders_keep_their_rights(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    tmp_path.chmod(0o755)
    StateFolder(tmp_path).prepare()
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": "http://127.0.0.1:1"}'])
def test_a_damaged_state_file_counts_as_none(tmp_path: Path, text: str) -> None:
    folder = StateFolder(tmp_path)
    folder.handle_file.touch(mode=0o600)
    folder.handle_file.write_text(text)
    assert folder.read_handle() is None
    assert status(tmp_path) is None


def test_a_state_file_that_others_can_read_is_not_trusted(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.write_handle(EndpointHandle("http://127.0.0.1:1", "AKIA", "secret", 1))
    folder.handle_file.chmod(0o644)
    assert folder.read_handle() is None


def test_a_state_file_of_a_dead_process_is_found_out(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.write_handle(EndpointHandle("http://127.0.0.1:9", "AKIA", "secret", 2**22 - 1))
    assert find_endpoint(tmp_path) is None
    assert stop(tmp_path) is False
    assert not folder.handle_file.exists()


def test_keys_are_never_sent_to_another_host(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.write_handle(EndpointHandle("http://192.0.2.1:80", "AKIA", "secret", 1))
    assert find_endpoint(tmp_path) is None


def test_one_process_holds_a_folder(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    assert folder.holder() is None
    with folder.held():
        assert folder.holder() == os.getpid()
        with pytest.raises(EndpointStartError, match=f"process {os.getpid()}"), folder.held():
            raise AssertionError("unreachable")
    assert folder.holder() is None


def test_the_folder_is_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from glue_endpoint.process.state import StateFolder\n"
        "with StateFolder(pathlib.Path(sys.argv[1])).held(): print(flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    assert StateFolder(tmp_path).holder() == process.pid
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert StateFolder(tmp_path).holder() is None


def test_waits_for_another_starter_and_says_so(tmp_path: Path) -> None:
    folder, said = StateFolder(tmp_path), []
    with (
        folder.starting(1, lambda: said.append("first")),
        pytest.raises(EndpointStartError, match="Another command has been starting"),
        folder.starting(0.1, lambda: said.append("second")),
    ):
        raise AssertionError("unreachable")
    assert said == ["second"]


def test_an_unusable_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EndpointStartError, match=r"Cannot use .*endpoint_dir"):
        ensure_endpoint(tmp_path / "file" / "state")


def test_a_child_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    (folder.path / "catalog.sqlite").write_bytes(b"not a catalog" * 100)
    said: list[str] = []
    with pytest.raises(
        EndpointStartError, match=r"Cannot open the catalog .* not a database"
    ) as no:
        ensure_endpoint(folder.path, on_progress=said.append)
    assert "build the project again" in str(no.value)
    assert said == ["starting the embedded Glue endpoint"]
    assert folder.holder() is None


def test_without_spark_there_is_a_catalog_and_a_session_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spark").mkdir()
    monkeypatch.setenv("SPARK_HOME", str(tmp_path / "spark"))
    handle = ensure_endpoint(tmp_path / "state")
    try:
        glue = boto3.client(
            "glue",
            endpoint_url=handle.url,
            region_name="us-east-1",
            aws_access_key_id=handle.access_key_id,
            aws_secret_access_key=handle.secret_access_key,
        )
        glue.create_database(DatabaseInput={"Name": "d"})
        asked = status(tmp_path / "state")
        assert asked is not None
        assert asked["spark"] == "idle"
        role, command = "arn:aws:iam::000000000000:role/r", {"Name": "glueetl"}
        glue.create_session(Id="s", Role=role, Command=command)
        deadline = time.monotonic() + 30
        while (session := glue.get_session(Id="s")["Session"])["Status"] == "PROVISIONING":
            assert time.monotonic() < deadline
        assert session["Status"] == "FAILED"
        assert "no Spark jars in" in session["ErrorMessage"]
        assert [each["Name"] for each in glue.get_databases()["DatabaseList"]] == ["d"]
    finally:
        stop(tmp_path / "state")


def test_a_wrong_idle_time_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_GLUE_ENDPOINT_IDLE_MINUTES", "soon")
    with pytest.raises(EndpointStartError, match="must be a number of minutes, not 'soon'"):
        ensure_endpoint(tmp_path)


def test_a_policy_is_found_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(POLICY_VARIABLE, "policy.json")
    with pytest.raises(EndpointStartError, match=f"--policy {tmp_path}/policy.json: No such file"):
        ensure_endpoint(tmp_path / "state")


def test_an_endpoint_is_as_unpleasant_as_it_is_asked_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    try:
        first = ensure_endpoint(tmp_path / "state")
        monkeypatch.setenv(AS_AWS_VARIABLE, "strict")
        second = ensure_endpoint(tmp_path / "state", on_progress=said.append)
        assert second.pid != first.pid
        assert said[0] == "replacing the embedded Glue endpoint: otherwise as AWS"
        assert (status(tmp_path / "state") or {})["as_aws"]["strict"] is True
        monkeypatch.delenv(AS_AWS_VARIABLE)
        assert ensure_endpoint(tmp_path / "state") == second  # nobody says how it is to be
    finally:
        stop(tmp_path / "state")


def test_a_child_that_crashes_shows_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "botocore.py").write_text("raise SystemExit('no botocore today')")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('broken interpreter')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EndpointStartError, match=r"(?s)did not start.*broken interpreter"):
        ensure_endpoint(tmp_path / "state")


@pytest.mark.parametrize("module", ["glue_endpoint.__main__", "glue_endpoint.process.serving"])
def test_the_server_process_imports_no_dbt_and_no_other_wing(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(name for name in roots if name.startswith(('dbt', 'glue_'))))\n"
        "print(sorted(roots & {'agate', 'boto3', 'pandas', 'pyspark'}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines() == ["['glue_endpoint']", "[]"]


def test_a_changed_file_in_any_room_is_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "glue_endpoint"
    shutil.copytree(
        Path(state.__file__).parent.parent,
        package,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    monkeypatch.setattr(state, "_PACKAGE", package)
    before = build()
    later = max(file.stat().st_mtime for file in package.rglob("*.py")) + 2
    os.utime(package / "spark" / "worker.py", (later, later))
    assert build() != before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a, b ,,c",
        "pandas>=2,<3, xgboost[scikit,plotting]==2.1, s3://libs/first-1.0.whl",
        "a ~=1.0,!=1.5,b[c , d]>1",
        "first @ https://host/first.whl,second",
    ],
)
def test_lists_with_commas_are_read_as_the_compiler_writes_them(text: str) -> None:
    assert list_entries(text) == list(split_requirements(text))
