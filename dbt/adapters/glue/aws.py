"""boto3 clients of the profile's Glue: AWS, the embedded endpoint, or another URL."""

from __future__ import annotations

import contextvars
import ipaddress
import os
import threading
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader, create_loader
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.project.load import STATE_FOLDER
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import DIRECTORY_VARIABLE

from dbt.adapters.glue.credentials import LOCAL_REGION, GlueCredentials
from dbt.adapters.glue.recording.recorder import record_calls
from dbt.adapters.glue.sessions.client import GlueClient
from dbt.adapters.glue.sessions.keys import Keys, role_keys
from dbt.adapters.glue.sessions.polling import Pace
from dbt.adapters.glue.sessions.retries import Patience, watch_calls

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

__all__ = ["AwsClients", "endpoint_state_dir"]

logger = AdapterLogger("Glue")

CONNECTIONS = 64
ONCE = {"total_max_attempts": 1}


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
            return self._client("sts", as_role=True)

    @property
    def storage(self) -> Any:
        """A boto3 client for S3, with the keys of `catalog`: who may see a table's entry reads its log."""
        with self._lock:
            return self._storage

    @property
    def catalog_name(self) -> str:
        """What tells the profile's Data Catalog from every other one; no secret, and no call."""
        credentials = self._credentials
        if credentials.is_local:
            return f"local {endpoint_state_dir(credentials, self._project_root).resolve()}"
        account = (credentials.role_arn or "::::").split(":")[4]
        return f"{credentials.endpoint} {account} {credentials.region or LOCAL_REGION}"

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
            self._client("glue"),
            self._client("glue", retries=ONCE, watched=False),
            self._client("glue", retries=ONCE, watched=False, timeouts=(2, 3)),
            self._patience,
            self._pace,
            self._keys,
        )

    @cached_property
    def _catalog(self) -> Any:
        return self._client("glue", as_role=True)

    @cached_property
    def _lake_formation(self) -> Any:
        return self._client("lakeformation", as_role=True)

    @cached_property
    def _storage(self) -> Any:
        # A name of a bucket before the host's is of AWS alone.
        style = "path" if "endpoint_url" in self._endpoint else "auto"
        return self._client("s3", addressing_style=style, as_role=True)

    def _client(
        self,
        service: str,
        *,
        retries: dict[str, Any] | None = None,
        addressing_style: str | None = None,
        as_role: bool = False,
        watched: bool = True,
        timeouts: tuple[float, float] = (10, 60),
    ) -> Any:
        """`as_role`: under the session's role, where the profile asks for it. `timeouts`: to connect, to answer."""
        as_role = as_role and self._credentials.use_interactive_session_role_for_api_calls
        endpoint = self._endpoint
        # Keys that are given come before those of a session.
        parameters = (
            {"endpoint_url": endpoint["endpoint_url"]} if as_role and endpoint else endpoint
        )
        config = Config(
            # None: the machine's own proxies. No proxy can reach this machine's loopback.
            proxies={} if self._is_near else None,
            connect_timeout=timeouts[0],
            read_timeout=timeouts[1],
            retries=retries
            or {
                "mode": self._credentials.boto_retry_mode,
                "total_max_attempts": self._credentials.boto_retry_max_attempts + 1,
            },
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": addressing_style} if addressing_style else None,
            user_agent_extra="dbt-glue-python",
        )
        session = self._role_session if as_role else self._session
        try:
            client = session.client(service, config=config, **parameters)
        except (BotoCoreError, ValueError) as error:
            raise DbtRuntimeError(f"cannot make a client for {service}: {error}") from error
        keys = self._role_keys if as_role else self._keys
        if watched:
            watch_calls(client, self._patience, keys, self._pace)
        return client

    @property
    def _is_near(self) -> bool:
        return _is_loopback(self._endpoint.get("endpoint_url"))

    @cached_property
    def _patience(self) -> Patience:
        return Patience(quick=self._is_near)

    @cached_property
    def _pace(self) -> Pace:
        return Pace(near=self._is_near)

    @cached_property
    def _keys(self) -> Keys | None:
        """The caller's keys; None on the embedded endpoint, which gives its own."""
        if self._credentials.is_local:
            return None
        name = self._credentials.aws_profile_name
        return Keys(
            lambda: _botocore_session(profile=name).get_credentials(),
            lambda: self._patience.seconds("expired"),
        )

    @cached_property
    def _role_keys(self) -> Keys:
        sts = self._client(
            "sts"
        )  # here, where the lock is held: sessions of boto3 are for one thread
        return role_keys(sts, self._credentials.session_role)

    @cached_property
    def _role_session(self) -> Any:
        return boto3.Session(
            botocore_session=_session_with(self._role_keys),
            region_name=self._session.region_name,
        )

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
        name = self._credentials.aws_profile_name
        try:
            return boto3.Session(
                botocore_session=_session_with(self._keys), profile_name=name, region_name=region
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


def _botocore_session(profile: str | None = None) -> botocore.session.Session:
    """A botocore session that knows Glue's API as soon as another one of this process does.

    Reading it takes a quarter of a second, in every command of dbt that one process runs after the other.
    """
    session = botocore.session.Session(profile=profile)
    loader = _loader(session.get_config_variable("data_path"))
    # boto3 adds its folder with each session that gets the loader.
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)
    session.register_component("data_loader", loader)
    return session


@cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


def _isolated_session() -> botocore.session.Session:
    """A botocore session that ignores the machine's AWS profile (AWS_PROFILE may name one that is gone)."""
    session = _botocore_session()
    session.set_config_variable("profile", None)
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    return session


def _session_with(keys: Keys | None) -> botocore.session.Session:
    """A botocore session whose clients sign with these keys."""
    session = _botocore_session()
    if keys is not None and keys.there:
        session.register_component("credential_provider", CredentialResolver([_Given(keys)]))
    return session


class _Given(CredentialProvider):  # type: ignore[misc]
    METHOD = CANONICAL_NAME = "dbt-glue"

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def load(self) -> Keys:
        return self._keys
