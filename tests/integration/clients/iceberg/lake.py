"""Iceberg's GlueCatalog in a JVM of its own, by py4j: what its Java tests reach, reached from Python."""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest
from py4j.protocol import Py4JJavaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.spark.jvm import Gateway

BUCKET = "iceberg-tests"
_NUMBERS = itertools.count()


class Lake:
    """A GlueCatalog with S3FileIO, and the few of Iceberg's classes that the tests build things of."""

    def __init__(self, gateway: Gateway, **properties: str) -> None:
        self._gateway = gateway
        self.jvm = gateway.client.jvm
        self.iceberg = self.jvm.org.apache.iceberg
        self.types = self.iceberg.types.Types
        self.warehouse = f"s3://{BUCKET}/warehouse"
        self.catalog = self.iceberg.aws.glue.GlueCatalog()
        self.catalog.initialize("glue", {"warehouse": self.warehouse, **properties})

    def other(self, **properties: str) -> Lake:
        """Another catalog, with further properties; `_` stands for `.` and `__` for `-` in their names."""
        named = {
            name.replace("__", "-").replace("_", "."): value for name, value in properties.items()
        }
        return Lake(self._gateway, **named)

    def schema(self) -> Any:
        """One required column `c1` with a comment."""
        field = self.types.NestedField.required(1, "c1", self.types.StringType.get(), "c1")
        return self.iceberg.Schema([field])

    def unpartitioned(self) -> Any:
        return self.iceberg.PartitionSpec.unpartitioned()

    def namespace(self, *levels: str) -> Any:
        names = self._gateway.client.new_array(self.jvm.java.lang.String, len(levels))
        for number, level in enumerate(levels):
            names[number] = level
        return self.iceberg.catalog.Namespace.of(names)

    def identifier(self, namespace: str, table: str) -> Any:
        return self.iceberg.catalog.TableIdentifier.of(self.namespace(namespace), table)

    def new_namespace(self) -> str:
        """The name of a new namespace."""
        name = f"ns{os.getpid()}x{next(_NUMBERS)}"
        self.catalog.createNamespace(self.namespace(name))
        return name

    def new_table(self, namespace: str, name: str = "t", **properties: str) -> Any:
        """A new table of one column, without partitions."""
        return self.catalog.createTable(
            self.identifier(namespace, name), self.schema(), self.unpartitioned(), properties
        )

    def load(self, namespace: str, name: str = "t") -> Any:
        return self.catalog.loadTable(self.identifier(namespace, name))

    def data_file(self, table: Any, path: str = "/path/to/data-a.parquet") -> Any:
        """The description of a file that nobody has written: enough for a commit."""
        file = self.iceberg.DataFiles.builder(table.spec()).withPath(path)
        return file.withFileSizeInBytes(10).withRecordCount(1).build()

    def append(self, table: Any, path: str = "/path/to/data-a.parquet") -> None:
        table.newAppend().appendFile(self.data_file(table, path)).commit()

    def names(self, namespace: str) -> list[str]:
        found = self.catalog.listTables(self.namespace(namespace))
        return sorted(identifier.name() for identifier in found)


@contextlib.contextmanager
def refused(kind: str, words: str = "") -> Iterator[None]:
    """The block ends in a Java exception of this class (its last name) whose message has these words."""
    with pytest.raises(Py4JJavaError) as caught:
        yield
    error = caught.value.java_exception
    found = (error.getClass().getName().rpartition(".")[2], str(error.getMessage()))
    assert found[0] == kind, found
    assert words in found[1], found


def history(table: Any) -> int:
    """How many snapshots a table has become."""
    table.refresh()
    return len(table.history())
