"""boto3 clients of the profile's Glue: AWS, the embedded endpoint, or another URL."""

from __future__ import annotations

import contextvars
import ipaddress
import os
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.project.load import STATE_FOLDER
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import DIRECTORY_VARIABLE

from dbt.adapters.glue.credentials import LOCAL_REGION, GlueCredentials
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.recording.recorder import record_calls
from dbt.adapters.glue.sessions.client import GlueClient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.process.client import EndpointHandle

__all__ = ["AwsClients", "endpoint_state_dir"]

logger = AdapterLogger("Glue")

ROLE_SESSION = "dbt-glue-python"
CONNECTIONS = 64


def endpoint_state_dir(credentials: GlueCredentials, project_root: str | None) -> Path:
    """Where the embedded endpoint keeps its state: profile, environment, or the project's folder."""
    if credentials.state_dir is not None:
        return credentials.state_dir
    from_environment = os.environ.get(DIRECTORY_VARIABLE)
    if from_environment:
        return Path(from_environment)
    return Path(project_root or Path.cwd()) / STATE_FOLDER


class AwsClients:
    """The clients of one profile; made when they are first needed, used by all threads."""

    def __init__(self, credentials: GlueCredentials, project_root: str | None = None) -> None:
        self._credentials = credentials
        self._project_root = project_root
        self._lock = threading.RLock()

    @property
    def sessions(self) -> GlueClient:
        """The calls that sessions and statements are made of."""
        with self._lock:
            return self._sessions

    @property
    def catalog(self) -> Any:
        """A boto3 client for the Data Catalog, under the session's role where the profile asks for it."""
        with self._lock:
            return self._catalog

    @property
    def lake_formation(self) -> Any:
        """A boto3 client for Lake Formation, with the keys of the one for the Data Catalog."""
        with self._lock:
            return self._lake_formation

    @property
    def identity(self) -> Any:
        """A boto3 client for STS, with the same keys."""
        with self._lock:
            return self._client("sts", keys=self._catalog_keys)

    @property
    def storage(self) -> Any:
        """A boto3 client for S3, with the keys of `catalog`: who may see a table's entry reads its log."""
        with self._lock:
            return self._storage

    def client(self, service: str) -> Any:
        """A boto3 client of another service, with the caller's own keys."""
        with self._lock:
            return self._client(service)

    def start_spark(self) -> None:
        """Starts the embedded endpoint and its Spark in the background; elsewhere there is none to start.

        What goes wrong is only logged: whoever needs the endpoint meets it again, and tells.
        """
        if not self._credentials.is_local:
            return
        # dbt's logging asks for the context of the command.
        context = contextvars.copy_context()
        threading.Thread(
            target=lambda: context.run(self._start_spark), name="spark-start", daemon=True
        ).start()

    def _start_spark(self) -> None:
        from glue_endpoint.process.client import start_spark

        try:
            with self._lock:
                handle = self._handle
            start_spark(handle)
        except EndpointStartError as error:
            logger.debug(f"Spark was not started early: {error}")

    @cached_property
    def _sessions(self) -> GlueClient:
        return GlueClient(
            self._client("glue"), self._client("glue", retries={"total_max_attempts": 1})
        )

    @cached_property
    def _catalog(self) -> Any:
        return self._client("glue", keys=self._catalog_keys)

    @cached_property
    def _lake_formation(self) -> Any:
        return self._client("lakeformation", keys=self._catalog_keys)

    @cached_property
    def _storage(self) -> Any:
        # A name of a bucket before the host's is of AWS alone.
        style = "path" if "endpoint_url" in self._endpoint else "auto"
        return self._client("s3", addressing_style=style, keys=self._catalog_keys)

    @cached_property
    def _catalog_keys(self) -> dict[str, str]:
        """The keys of the session's role, where the profile asks for it; else none, for the caller's own."""
        if not self._credentials.use_interactive_session_role_for_api_calls:
            return {}
        try:
            answer = self._client("sts").assume_role(
                RoleArn=self._credentials.session_role, RoleSessionName=ROLE_SESSION
            )
        except (ClientError, BotoCoreError) as error:
            raise GlueApiError(
                f"cannot assume {self._credentials.session_role} for catalog calls "
                f"(use_interactive_session_role_for_api_calls): {error}"
            ) from error
        granted = answer["Credentials"]
        return {
            "aws_access_key_id": granted["AccessKeyId"],
            "aws_secret_access_key": granted["SecretAccessKey"],
            "aws_session_token": granted["SessionToken"],
        }

    def _client(
        self,
        service: str,
        retries: dict[str, Any] | None = None,
        addressing_style: str | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> Any:
        parameters = {**self._endpoint, **(keys or {})}
        config = Config(
            # None: the machine's own proxies. No proxy can reach this machine's loopback.
            proxies={} if _is_loopback(parameters.get("endpoint_url")) else None,
            retries=retries
            or {
                "mode": self._credentials.boto_retry_mode,
                "total_max_attempts": self._credentials.boto_retry_max_attempts + 1,
            },
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": addressing_style} if addressing_style else None,
            user_agent_extra="dbt-glue-python",
        )
        try:
            return self._session.client(service, config=config, **parameters)
        except (BotoCoreError, ValueError) as error:
            raise DbtRuntimeError(f"cannot make a client for {service}: {error}") from error

    @cached_property
    def _session(self) -> Any:
        session = self._new_session()
        record_calls(session, self._credentials.endpoint)
        return session

    def _new_session(self) -> Any:
        region = self._credentials.region
        if self._credentials.endpoint != "aws":
            # Not AWS: whatever the machine is logged in to must not be read, let alone sent.
            if self._credentials.is_local:
                return boto3.Session(
                    botocore_session=_isolated_session(), region_name=region or LOCAL_REGION
                )
            region = region or os.environ.get("AWS_REGION") or LOCAL_REGION
        try:
            return boto3.Session(
                profile_name=self._credentials.aws_profile_name, region_name=region
            )
        except BotoCoreError as error:
            raise DbtRuntimeError(f"aws_profile_name: {error}") from error

    @cached_property
    def _endpoint(self) -> dict[str, str]:
        if self._credentials.endpoint_url is not None:
            return {"endpoint_url": self._credentials.endpoint_url}
        if not self._credentials.is_local:
            return {}
        return {
            "endpoint_url": self._handle.url,
            "aws_access_key_id": self._handle.access_key_id,
            "aws_secret_access_key": self._handle.secret_access_key,
        }

    @cached_property
    def _handle(self) -> EndpointHandle:
        """The embedded endpoint, which is started where none runs."""
        from glue_endpoint.process.client import ensure_endpoint

        return ensure_endpoint(
            endpoint_state_dir(self._credentials, self._project_root), on_progress=logger.info
        )


def _is_loopback(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _isolated_session() -> botocore.session.Session:
    """A botocore session that ignores the machine's AWS profile (AWS_PROFILE may name one that is gone)."""
    session = botocore.session.Session()
    session.set_config_variable("profile", None)
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    return session
