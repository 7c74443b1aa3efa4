"""The metastore service: Hive's calls answered by the Data Catalog, for the Sparks of this user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.metastore.data import Data
from glue_endpoint.metastore.databases import Databases
from glue_endpoint.metastore.functions import Functions
from glue_endpoint.metastore.glue import Glue
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.partitions import Partitions
from glue_endpoint.metastore.server import ThriftServer
from glue_endpoint.metastore.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.metastore.glue import Call


class MetastoreService:
    """Serves from its making until `close`, on a loopback port of its own.

    `call` runs one operation of Glue's; `buckets` is where tables' folders are made and removed.
    """

    def __init__(self, call: Call, buckets: Buckets) -> None:
        glue, data = Glue(call), Data(buckets)
        parts = (Databases(glue, data), Tables(glue, data), Partitions(glue, data), Functions(glue))
        self._server = ThriftServer(
            {
                name: _answer_of(parts, name)
                for name in HIVE.ThriftHiveMetastore.thrift_services
                if name != "shutdown"
            }
        )

    @property
    def uri(self) -> str:
        """What Hive's clients take as `hive.metastore.uris`."""
        return f"thrift://127.0.0.1:{self._server.port}"

    def close(self) -> None:
        """Stop serving. Safe to call twice."""
        self._server.close()


_OF_NO_USE = {"": 0, "_with_environment_context": 1, "_with_auth": 2}
"""Calls that are another one with arguments that the Data Catalog has no use for: how many, by their suffix."""


def _answer_of(parts: tuple[object, ...], name: str) -> Callable[..., Any]:
    """The function of a call; which part has it is decided once, not by the bytes of a client."""
    for suffix, extra in _OF_NO_USE.items():
        for part in parts:
            answer: Callable[..., Any] | None = getattr(part, name.removesuffix(suffix), None)
            if answer is not None and name.endswith(suffix):
                return _without_last(answer, extra) if extra else answer
    raise AssertionError(f"nothing answers {name}")


def _without_last(answer: Callable[..., Any], extra: int) -> Callable[..., Any]:
    return lambda *given: answer(*given[:-extra])
