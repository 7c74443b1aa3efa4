"""Find, start, ask and stop the endpoint process of a state folder, from another process."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glue_endpoint.api.auth import HttpRequest, sign
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.fidelity import AS_AWS_VARIABLE, POLICY_VARIABLE, fidelity_asked
from glue_endpoint.folders import NEUTRAL_FOLDER, module_command, with_absolute_modules
from glue_endpoint.process.state import EndpointHandle, StateFolder, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "EndpointHandle",
    "EndpointStartError",
    "ensure_endpoint",
    "find_endpoint",
    "status",
    "stop",
]

START_TIMEOUT = 60.0
"""Seconds until a started process has to answer."""
IDLE_VARIABLE = "DBT_GLUE_ENDPOINT_IDLE_MINUTES"
_PING_TIMEOUT = 5.0


def ensure_endpoint(
    state_dir: Path,
    *,
    on_progress: Callable[[str], None] | None = None,
    idle_minutes: float | None = None,
) -> EndpointHandle:
    """The endpoint of `state_dir`; starts a process that outlives this one if there is none.

    Safe to call from several processes at once. It returns as soon as the endpoint answers, which is
    before Spark is up: sessions are PROVISIONING until then. `on_progress` hears what takes time.
    `idle_minutes` (0: never) is for a process that is started now; the default is the environment's
    DBT_GLUE_ENDPOINT_IDLE_MINUTES, else 15. One that is otherwise as AWS than this environment asks for is replaced.
    Raises EndpointStartError with a message for the user.
    """
    say = on_progress or (lambda _: None)
    folder = StateFolder(state_dir)
    asked = fidelity_asked(os.environ)
    wanted = None if asked is None else asked.told
    found = _running(folder)
    if found is not None and found.fits(wanted):
        return found.handle
    folder.prepare()
    waiting = "waiting for another command that is starting the embedded Glue endpoint"
    with folder.starting(START_TIMEOUT * 1.5, lambda: say(waiting)):
        found = _running(folder)
        if found is not None:
            if found.fits(wanted):
                return found.handle
            if found.spark != "failed" and _ask(found.handle, "status")["sessions"]:
                if not found.is_as_aws(wanted):
                    raise EndpointStartError(
                        f"The endpoint in {folder.path} is at work, and was started with other words of --as-aws or another "
                        f"--policy than {AS_AWS_VARIABLE} and {POLICY_VARIABLE} say. Wait for its sessions to end, or "
                        f"run `dbt-glue endpoint stop --dir {folder.path}`, and try again."
                    )
                say("using the running embedded Glue endpoint of another version: it is busy")
                return found.handle
            why = "another version, or without Spark"
            say(
                f"replacing the embedded Glue endpoint: {why if found.is_as_aws(wanted) else 'otherwise as AWS'}"
            )
            stop(state_dir)
        say("starting the embedded Glue endpoint")
        return _start(folder, idle_minutes)


def find_endpoint(state_dir: Path) -> EndpointHandle | None:
    """The running endpoint of a state folder; None if nothing there answers and proves itself."""
    found = _running(StateFolder(state_dir))
    return None if found is None else found.handle


@dataclass(frozen=True)
class _Running:
    """An endpoint that answers, what its Spark is (starting, ready or failed), and how far it is as AWS is."""

    handle: EndpointHandle
    spark: str
    as_aws: dict[str, Any]

    def fits(self, wanted: dict[str, Any] | None) -> bool:
        return self.spark != "failed" and self.handle.build == build() and self.is_as_aws(wanted)

    def is_as_aws(self, wanted: dict[str, Any] | None) -> bool:
        """Whether it is as it is asked to be: in any way, where nobody says."""
        return wanted is None or self.as_aws == wanted


def _running(folder: StateFolder) -> _Running | None:
    handle = folder.read_handle()
    if handle is None:
        return None
    nonce = secrets.token_hex(16)
    try:
        answer = _ask(handle, "ping", nonce=nonce)
    except EndpointStartError:
        return None
    # Somebody else's server on a port that was ours cannot know the secret.
    if not hmac.compare_digest(str(answer.get("proof", "")), handle.credentials.prove(nonce)):
        return None
    return _Running(handle, str(answer.get("spark", "")), dict(answer.get("as_aws") or {}))


def status(state_dir: Path) -> dict[str, Any] | None:
    """What the endpoint says of itself: url, pid, build, sessions, uptime (s), folders; or None.

    Asking does not keep an idle endpoint alive.
    """
    handle = StateFolder(state_dir).read_handle()
    if handle is None:
        return None
    try:
        return _ask(handle, "status")
    except EndpointStartError:
        return None


def start_spark(handle: EndpointHandle) -> None:
    """Has the endpoint start Spark, which it does otherwise for the first session. Does not wait for it.

    Raises EndpointStartError where it does not answer.
    """
    _ask(handle, "spark")


def stop(state_dir: Path, *, grace: float = 20.0) -> bool:
    """Stops the endpoint and its sessions; whether there was one.

    It is asked first, then told (SIGTERM), then killed, `grace` seconds later.
    """
    folder = StateFolder(state_dir)
    pid = folder.holder()
    if pid is None:
        folder.remove_handle()
        return False
    handle = folder.read_handle()
    asked = False
    if handle is not None:
        try:
            _ask(handle, "stop")
            asked = True
        except EndpointStartError:
            pass
    if not asked:
        _kill(pid, signal.SIGTERM)
    if not _wait_until_free(folder, grace):
        _kill(pid, signal.SIGKILL)
        if not _wait_until_free(folder, grace):
            raise EndpointStartError(f"The endpoint's process {pid} does not end.")
    folder.remove_handle()
    return True


def _start(folder: StateFolder, idle_minutes: float | None) -> EndpointHandle:
    pid = folder.holder()
    if pid is not None:
        handle = _wait_for_handle(folder, lambda: folder.holder() is None, START_TIMEOUT / 2)
        if handle is not None:
            return handle
        if folder.holder() is not None:
            raise EndpointStartError(
                f"The endpoint in {folder.path} (process {pid}) does not answer. "
                f"Run `dbt-glue endpoint stop --dir {folder.path}` and try again. "
                f"Its log is {folder.log_file}."
            )
        # It was ending, killed perhaps, when it was found.
    folder.remove_handle()
    folder.error_file.unlink(missing_ok=True)
    environment = with_absolute_modules(os.environ)
    if environment.get(POLICY_VARIABLE):  # from where the command runs, not from the folder
        environment[POLICY_VARIABLE] = os.path.abspath(environment[POLICY_VARIABLE])  # noqa: PTH100 - links stay
    if idle_minutes is not None:
        environment[IDLE_VARIABLE] = str(idle_minutes)
    with folder.log_file.open("ab") as log:
        started_at = log.tell()
        process = subprocess.Popen(
            module_command("glue_endpoint", "--dir", str(folder.path.absolute())),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=NEUTRAL_FOLDER,  # it goes on to its own when it has been loaded
            env=environment,
            start_new_session=True,
        )
    handle = _wait_for_handle(folder, lambda: process.poll() is not None, START_TIMEOUT)
    if handle is None:
        if process.poll() is None:
            process.kill()
            process.wait()
        raise EndpointStartError(_why_not(folder, started_at, process.returncode))
    return handle


def _wait_for_handle(
    folder: StateFolder, gone: Callable[[], bool], timeout: float
) -> EndpointHandle | None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        ended = gone()
        if folder.handle_file.exists():
            found = find_endpoint(folder.path)
            if found is not None:
                return found
        if ended:
            return None
        time.sleep(0.01)
    return None


def _why_not(folder: StateFolder, started_at: int, code: int | None) -> str:
    if folder.error_file.exists():
        return folder.error_file.read_text(encoding="utf-8").strip()
    with folder.log_file.open("rb") as log:
        log.seek(started_at)
        last = log.read().decode(errors="replace").splitlines()[-15:]
    lines = "\n".join(f"    {line}" for line in last) or "    (it logged nothing)"
    return (
        f"The embedded Glue endpoint did not start (exit code {code}). "
        f"The end of {folder.log_file}:\n{lines}"
    )


def _ask(handle: EndpointHandle, question: str, **body: str) -> dict[str, Any]:
    """A signed question to the process itself. Raises EndpointStartError if it does not answer."""
    address = urlsplit(handle.url)
    if address.hostname != "127.0.0.1" or address.port is None:
        raise EndpointStartError(f"{handle.url} is not an address of an embedded endpoint.")
    payload = json.dumps(body).encode()
    request = HttpRequest("POST", f"/-/{question}", {"host": address.netloc}, payload)
    headers = sign(handle.credentials, request, datetime.now(timezone.utc))
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=_PING_TIMEOUT)
    try:
        connection.request("POST", request.path, payload, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200 or not isinstance(answer, dict):
            raise EndpointStartError(f"{handle.url} refuses: {answer}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EndpointStartError(f"{handle.url} does not answer: {error}") from error
    finally:
        connection.close()
    return answer


def _kill(pid: int, number: signal.Signals) -> None:
    # 0 would be our own process group: the holder had not written its id yet.
    if pid > 0:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def _wait_until_free(folder: StateFolder, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while folder.holder() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
