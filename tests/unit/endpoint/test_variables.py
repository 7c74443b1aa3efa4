"""The variables that point AWS's clients to an endpoint, for people's shells and for sessions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from glue_endpoint.process.state import EndpointHandle
from glue_endpoint.process.variables import client_variables, session_variables
from glue_endpoint.spark.worker_process import worker_environment

if TYPE_CHECKING:
    import pytest

HANDLE = EndpointHandle("http://127.0.0.1:4242", "AKIA", "secret", 1)


def test_every_client_finds_the_endpoint_and_loopback_needs_no_proxy() -> None:
    assert client_variables(HANDLE, {"NO_PROXY": "intranet, localhost"}) == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4242",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4242",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "intranet,localhost,127.0.0.1",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_a_session_has_nothing_of_a_persons_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a person's")
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", "https://glue.example")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/a/file")
    found = worker_environment(session_variables(HANDLE, os.environ))
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == {
        **{k: v for k, v in client_variables(HANDLE, {}).items() if k.startswith("AWS_")},
        "AWS_CONFIG_FILE": "/a/file",
    }
    assert found["PYTHONUNBUFFERED"] == "1"
    assert found["PATH"] == os.environ["PATH"]
