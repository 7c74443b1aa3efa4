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
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.api.tags import Tags
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.s3_tables.service import S3Tables
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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


def _client(service: str, server: EndpointServer) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=_KEYS.access_key_id,
        aws_secret_access_key=_KEYS.secret_access_key,
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )


@pytest.fixture
def database(glue: Any) -> str:
    """A new, empty database."""
    name = f"database_{next(_NUMBERS)}"
    glue.create_database(DatabaseInput={"Name": name})
    return name
