"""The clients' own environment, and their programs, which know the endpoint by its variables alone."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.process.state import EndpointHandle

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"


@pytest.fixture(scope="session")
def clients(make_environment: Callable[..., Path]) -> Path:
    """The Python of the environment with the clients of `requirements.txt`."""
    text = (HERE / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return make_environment("clients", lines, "--no-deps") / "bin" / "python"


@pytest.fixture(scope="session")
def variables(endpoint: EndpointHandle, endpoint_dir: Path) -> dict[str, str]:
    """What `dbt-glue endpoint env` prints for the endpoint of all tests."""
    command = [Path(sys.executable).with_name("dbt-glue"), "endpoint", "env", "--dir", endpoint_dir]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    words = shlex.split(printed.replace("export ", ""))
    found = dict(word.split("=", 1) for word in words)
    assert found["AWS_ENDPOINT_URL"] == endpoint.url
    return found


@pytest.fixture(scope="session")
def client(variables: dict[str, str]) -> Callable[[str], Any]:
    """`client(service)`: boto3's client of the endpoint."""

    def connect(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )

    return connect


@pytest.fixture(scope="session")
def run_program(
    clients: Path,
    variables: dict[str, str],
    client: Callable[[str], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """`run_program(name, *arguments)`: runs `programs/NAME.py`; returns what its last line is as JSON.

    Beside the endpoint's variables it has a PATH and an empty home, and there is a bucket `clients`. What
    it prints before, and its errors, are shown when it fails.
    """
    home = tmp_path_factory.mktemp("home")
    client("s3").create_bucket(Bucket="clients")

    def run(
        name: str, *arguments: str, python: Path = clients, timeout: float = 120, **more: str
    ) -> Any:
        answer = subprocess.run(
            [python, PROGRAMS / f"{name}.py", *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(home), **variables, **more},
            cwd=home,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-6000:]
        return json.loads(answer.stdout.splitlines()[-1])

    return run
