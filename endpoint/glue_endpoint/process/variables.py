"""The environment variables that point every AWS client to an endpoint, for people and for sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from glue_endpoint.process.state import EndpointHandle

LEADS_ELSEWHERE = (
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
"""Variables of a person's own AWS account, which would mix with the endpoint's keys."""


def client_variables(handle: EndpointHandle, given: Mapping[str, str]) -> dict[str, str]:
    """What points AWS clients to the endpoint; `given` is the environment that they are added to.

    AWS's SDKs (boto3, Java, Go, C++ in PyArrow) read AWS_ENDPOINT_URL. The Rust library `object_store`
    (deltalake, Polars) takes no http:// without AWS_ALLOW_HTTP.
    """
    return {
        "AWS_ENDPOINT_URL": handle.url,
        "AWS_ENDPOINT_URL_S3": handle.url,
        "AWS_ACCESS_KEY_ID": handle.access_key_id,
        "AWS_SECRET_ACCESS_KEY": handle.secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ALLOW_HTTP": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: _without_proxy(given.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def spark_variables(rules: Path | None, uses: Path, s3_like: float | None) -> dict[str, str]:
    """What Spark's file system is told (S3OnDisk.java): permissions, and whether it works as S3 does."""
    told = {
        "DBT_GLUE_ENDPOINT_S3_RULES": str(rules or ""),
        "DBT_GLUE_ENDPOINT_S3_USES": str(uses),
        "DBT_GLUE_ENDPOINT_S3_LIKE": "" if s3_like is None else str(round(s3_like)),
    }
    return {name: text for name, text in told.items() if text}


def session_variables(handle: EndpointHandle, given: Mapping[str, str]) -> dict[str, str | None]:
    """The same for the processes of sessions; None: a variable of `given` that they must not have."""
    others = [name for name in given if name in LEADS_ELSEWHERE or _is_other_endpoint(name)]
    return {**dict.fromkeys(others), **client_variables(handle, given)}


def _is_other_endpoint(name: str) -> bool:
    return name.startswith("AWS_ENDPOINT_URL_")


def _without_proxy(hosts: str) -> str:
    """A NO_PROXY that has loopback too: a proxy of the machine cannot reach it."""
    given = [host.strip() for host in hosts.split(",") if host.strip()]
    return ",".join(dict.fromkeys([*given, "127.0.0.1", "localhost"]))
