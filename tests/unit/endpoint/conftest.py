"""The catalog as clients see it: boto3 over HTTP, and no Spark anywhere."""

from __future__ import annotations

import contextlib
import itertools
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from glue_endpoint.api.auth import Credentials, Verifier
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.quotas import Quotas
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.api.tags import Tags
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.fidelity import fidelity_of
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.s3_tables.service import S3Tables
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_KEYS = Credentials.generate()
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("catalog"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def buckets(store: Store) -> Buckets:
    """The folder of the buckets, beside the catalog."""
    return Buckets(store.path.parent / "s3")


@contextlib.contextmanager
def _served(services: Mapping[str, Any], keys: Credentials) -> Iterator[EndpointServer]:
    server = EndpointServer(services, Verifier(keys, lambda: datetime.now(timezone.utc)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def served() -> Callable[..., Any]:
    """`with served(services, keys) as server:` a server of these services, for as long as that."""
    return _served


@pytest.fixture(scope="session")
def catalog_server(store: Store, buckets: Buckets) -> Iterator[EndpointServer]:
    catalog = Catalog(store, buckets.remove)
    services = {
        "glue": GlueService(catalog, Tags(store)),
        "s3tables": S3Tables(store, catalog.purge),
        "lakeformation": LakeFormation(store),
    }
    with _served(services, _KEYS) as server:
        yield server


@pytest.fixture
def as_aws(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """`as_aws("strict", agent="x")`: a client of a catalog of its own, which is as unpleasant as the words say.

    Several clients of one catalog: `as_aws(of=client)`. `agent` begins the User-Agent.
    """
    with contextlib.ExitStack() as stack:
        servers: dict[Any, EndpointServer] = {}

        def client(*words: str, agent: str = "boto3", of: Any = None) -> Any:
            if of is None:
                fidelity = fidelity_of(words)
                folder = tmp_path / f"catalog{len(servers)}"
                folder.mkdir()
                store = Store(folder)
                stack.callback(store.close)
                catalog = Catalog(store, None, fidelity)
                stack.callback(catalog.close)
                rate = fidelity.throttle
                service = GlueService(catalog, quotas=None if rate is None else Quotas(rate))
                server = stack.enter_context(_served({"glue": service}, _KEYS))
            else:
                server = servers[of]
            made = _client("glue", server, user_agent=f"{agent}/1.0")
            servers[made] = server
            return made

        yield client


@pytest.fixture(scope="session")
def glue(catalog_server: EndpointServer) -> Any:
    """A client of Glue. It sends what it is told to: the endpoint, not botocore, checks it."""
    return _client("glue", catalog_server)


@pytest.fixture(scope="session")
def lake(catalog_server: EndpointServer) -> Any:
    """A client of Lake Formation, over the same store."""
    return _client("lakeformation", catalog_server)


@pytest.fixture(scope="session")
def s3tables(catalog_server: EndpointServer) -> Any:
    """A client of S3 Tables, over the same store."""
    return _client("s3tables", catalog_server)


def _client(service: str, server: EndpointServer, **config: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=_KEYS.access_key_id,
        aws_secret_access_key=_KEYS.secret_access_key,
        config=Config(parameter_validation=False, retries={"max_attempts": 0}, **config),
    )


@pytest.fixture
def database(glue: Any) -> str:
    """A new, empty database."""
    name = f"database_{next(_NUMBERS)}"
    glue.create_database(DatabaseInput={"Name": name})
    return name
