"""Clients of an endpoint's services that retry nothing."""

from __future__ import annotations

from typing import Any, Protocol

import boto3
from botocore.config import Config


class Keys(Protocol):
    """The endpoint's own keys, a session's, or an endpoint's handle."""

    @property
    def access_key_id(self) -> str: ...

    @property
    def secret_access_key(self) -> str: ...


def client_of(url: str, service: str, keys: Keys) -> Any:
    """A client of boto3."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        config=Config(retries={"max_attempts": 0}),
    )
