"""A metastore service over a catalog of its own, and Hive's client of it."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.process.warehouse import Warehouse
from thriftpy2.protocol.cybin import TCyBinaryProtocol
from thriftpy2.thrift import TClient
from thriftpy2.transport import TSocket
from thriftpy2.transport.buffered import TCyBufferedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with contextlib.closing(Warehouse(tmp_path)) as warehouse:
        yield warehouse


@pytest.fixture
def connect(warehouse: Warehouse) -> Iterator[Callable[[], TClient]]:
    """Makes clients of the service, as Hive's are: binary protocol, one connection each."""
    port = int(warehouse.metastore().rpartition(":")[2])
    with contextlib.ExitStack() as clients:

        def client() -> TClient:
            transport = TCyBufferedTransport(TSocket("127.0.0.1", port, socket_timeout=20_000))
            transport.open()
            clients.callback(transport.close)
            return TClient(HIVE.ThriftHiveMetastore, TCyBinaryProtocol(transport))

        yield client


@pytest.fixture
def hive(connect: Callable[[], TClient]) -> TClient:
    return connect()


@pytest.fixture
def glue(warehouse: Warehouse) -> Callable[..., dict[str, Any]]:
    """Runs one of Glue's operations, members as keywords."""
    return lambda operation, **request: warehouse.catalog.call(operation, request)


@pytest.fixture
def raw(warehouse: Warehouse) -> Iterator[socket.socket]:
    """A connection to the service for any bytes."""
    port = int(warehouse.metastore().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        yield connection
