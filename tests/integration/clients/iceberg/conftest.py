"""A JVM with Iceberg's jars and no Spark session, and boto3 clients that look at what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.spark import jvm
from glue_endpoint.spark.formats import jars_of
from glue_endpoint.spark.jars import JarCache
from glue_endpoint.spark.java_home import find_java

from tests.integration.clients.iceberg.faults import Faults
from tests.integration.clients.iceberg.lake import BUCKET, Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def iceberg_jars() -> list[Path]:
    """Iceberg for Spark 3.5 and its AWS bundle, as pinned for Glue 5.1; fetched once per machine."""
    return JarCache().paths(jars_of(("iceberg",), "5.1", "3.5.6"), report=print)


@pytest.fixture(scope="session")
def glue(client: Callable[[str], Any]) -> Any:
    return client("glue")


@pytest.fixture(scope="session")
def s3(client: Callable[[str], Any]) -> Any:
    found = client("s3")
    found.create_bucket(Bucket=BUCKET)
    return found


@pytest.fixture(scope="module")
def lake(
    variables: dict[str, str], iceberg_jars: list[Path], s3: Any, tmp_path_factory: Any
) -> Iterator[Lake]:
    """A GlueCatalog that knows the endpoint by its variables alone."""
    log = tmp_path_factory.mktemp("jvm") / "jvm.log"
    gateway = jvm.start_jvm(
        find_java(),
        [*jvm.spark_jars(), *iceberg_jars],
        ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
        log,
        variables,
    )
    yield Lake(gateway)
    gateway.client.shutdown()
    jvm.end(gateway.process)


@pytest.fixture
def namespace(lake: Lake) -> str:
    return lake.new_namespace()


@pytest.fixture
def faults(variables: dict[str, str]) -> Iterator[Faults]:
    """A line to the endpoint on which calls can go wrong."""
    with Faults(variables) as line:
        yield line
