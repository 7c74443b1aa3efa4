"""An endpoint's server in this process, with S3 alone, and boto3's own client to it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from glue_endpoint.api.auth import Credentials, Verifier
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.buckets import Buckets
from glue_endpoint.s3.service import S3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    CodeOf = Callable[..., str]

KEYS = Credentials.generate()


class Endpoint:
    """A running server, its state folder and its clock (None: the machine's)."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.credentials = KEYS
        self.time: datetime | None = None
        self.service = S3(Buckets(state / "s3"), state, KEYS, self.clock)
        self.server = EndpointServer({"s3": self.service}, Verifier(KEYS, self.clock))
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def clock(self) -> datetime:
        return self.time or datetime.now(timezone.utc)

    def client(self, url: str | None = None, keys: Credentials = KEYS, **config: Any) -> Any:
        """boto3's client, which gives up at once where a test expects an error."""
        return boto3.client(
            "s3",
            endpoint_url=url or self.server.url,
            region_name=config.pop("region_name", "us-east-1"),
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=config.pop("token", None),
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    def file(self, key: str, bucket: str = "bkt") -> Path:
        """Where an object is on disk."""
        return self.state / "s3" / bucket / key

    def incoming(self) -> list[str]:
        """What is left of uploads that did not become an object."""
        return sorted(path.name for path in (self.state / "s3" / ".uploads").iterdir())

    def keys(self, bucket: str = "bkt") -> list[str]:
        """The files on disk, as Spark sees them."""
        folder = self.file("", bucket)
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    def empty(self) -> None:
        """Takes away all buckets, uploads and records."""
        self.time = None
        root = self.state / "s3"
        for path in [*root.iterdir(), *(root / ".uploads").iterdir()]:
            if path.is_symlink() or path.is_file():
                path.unlink()
            elif path.name != ".uploads":
                shutil.rmtree(path)
        with closing(sqlite3.connect(self.state / "objects.sqlite")) as records, records:
            for table in ("objects", "uploads", "parts"):
                records.execute(f"delete from {table}")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.service.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The endpoint of a module's tests."""
    endpoint = Endpoint(tmp_path_factory.mktemp("s3") / "state")
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="module")
def running_client(running: Endpoint) -> Any:
    """A client is slow to make: a tenth of a second."""
    return running.client()


@pytest.fixture
def endpoint(running: Endpoint) -> Endpoint:
    """The module's endpoint, in which nothing is left of another test."""
    running.empty()
    return running


@pytest.fixture
def s3(endpoint: Endpoint, running_client: Any) -> Any:
    """A client, and an empty bucket `bkt`."""
    running_client.create_bucket(Bucket="bkt")
    return running_client


@pytest.fixture
def code_of() -> CodeOf:
    """`code_of(call, **parameters)`: the code of the error that boto3's call ends with, or `OK`."""

    def code_of(call: Any, /, **parameters: Any) -> str:
        try:
            call(**parameters)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "OK"

    return code_of
