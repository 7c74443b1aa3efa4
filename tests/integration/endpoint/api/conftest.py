"""The endpoint of all tests, and boto3 clients that talk to it over HTTP."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.process.client import EndpointHandle, ensure_endpoint, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALONE = Path(__file__).with_name("alone")
ROLE = "arn:aws:iam::000000000000:role/glue"
_ENDED = ("AVAILABLE", "ERROR", "CANCELLED")


class Api:
    """What a user of boto3 would write around the Glue client."""

    def __init__(self, handle: EndpointHandle) -> None:
        self.handle = handle
        self.glue = self.client("glue")
        self._ids = itertools.count()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.handle.url,
            region_name="us-east-1",
            aws_access_key_id=self.handle.access_key_id,
            aws_secret_access_key=self.handle.secret_access_key,
        )

    def session(self, **request: Any) -> str:
        """A new session that is READY; returns its id."""
        name = f"api-{next(self._ids)}"
        command = {"Name": "glueetl", "PythonVersion": "3"}
        self.glue.create_session(
            **{"Id": name, "Role": ROLE, "Command": command, "GlueVersion": "5.1", **request}
        )
        until(lambda: self.status(name) != "PROVISIONING", f"session {name}", 90)
        assert self.status(name) == "READY", self.glue.get_session(Id=name)["Session"]
        return name

    def status(self, session: str) -> str:
        return str(self.glue.get_session(Id=session)["Session"]["Status"])

    def statement(self, session: str, code: str) -> dict[str, Any]:
        """Runs code; the statement when it has ended."""
        number = self.glue.run_statement(SessionId=session, Code=code)["Id"]
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self.glue.get_statement(SessionId=session, Id=number)["Statement"])
            return found["State"] in _ENDED

        until(ended, f"statement {number} of {session}", 120)
        return found

    def text(self, session: str, code: str) -> str:
        """What code that must succeed printed."""
        output = self.statement(session, code)["Output"]
        assert output["Status"] == "ok", output
        return str(output["Data"]["TextPlain"])

    def sql(self, session: str, query: str) -> Any:
        """The rows of a query, as tuples."""
        text = self.text(session, f"[tuple(row) for row in spark.sql({query!r}).collect()]")
        return eval(text, {"__builtins__": {}})  # literals that our own statement printed


def until(condition: Callable[[], bool], what: str, timeout: float = 30.0) -> None:
    """Polls a condition until it holds; fails at the deadline."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {timeout} s"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def api_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the endpoint that `api` talks to."""
    return tmp_path_factory.mktemp("endpoint")


@pytest.fixture(scope="session")
def api(api_folder: Path) -> Iterator[Api]:
    """An endpoint that could import neither dbt nor the project's other wings: any client's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ALONE))
        handle = ensure_endpoint(api_folder)
    yield Api(handle)
    stop(api_folder)


@pytest.fixture(scope="module")
def session(api: Api) -> Iterator[str]:
    """A session that the module's tests share."""
    name = api.session()
    yield name
    api.glue.delete_session(Id=name)


@pytest.fixture(scope="session")
def connect() -> type[Api]:
    """For tests that bring their own endpoint: `connect(handle)`."""
    return Api


@pytest.fixture
def wait() -> Callable[..., None]:
    return until
