"""Partitions: the operations on them, one by one and in batches, and finding one by its values."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.expressions import compile_expression
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Row, Transaction


@dataclass(frozen=True)
class Partition:
    """Which partition it is: its table, its row and its values; and what a client gave."""

    table: Table
    row: int
    values: list[str]
    created: float
    given: Answer

    @property
    def shape(self) -> Answer:
        """The `Partition` of Glue."""
        return {
            **self.given,
            "Values": self.values,
            "DatabaseName": self.table.database.name,
            "TableName": self.table.name,
            "CatalogId": self.table.database.catalog,
            "CreationTime": self.created,
        }


def find_partition(transaction: Transaction, table: Table, values: list[str]) -> Partition:
    """The partition of these values. Raises EntityNotFoundException."""
    found = _find(transaction, table, values)
    if found is None:
        raise EntityNotFoundException(f"Cannot find partition: {values}")
    return found


def get_partition(transaction: Transaction, request: Request) -> Answer:
    """GetPartition."""
    table = find_table(transaction, request)
    return {"Partition": find_partition(transaction, table, request["PartitionValues"]).shape}


def get_partitions(transaction: Transaction, request: Request) -> Answer:
    """GetPartitions: those that match the expression, of one segment, in pages."""
    table, size = find_table(transaction, request), page_size(request)
    start, wanted = page_start(request), _chosen(table, request)
    if wanted is None:
        rows = transaction.all(
            "SELECT key, id, created, given FROM partitions WHERE table_id = ? AND key > ? "
            "ORDER BY key LIMIT ?",
            *(table.row, start, size + 1),
        )
    else:
        keys = transaction.all(
            "SELECT key, id FROM partitions WHERE table_id = ? AND key > ? ORDER BY key",
            *(table.row, start),
        )
        rows = list(_page(transaction, (row for (key, row) in keys if wanted(key)), size + 1))
    found = [_of_row(table, row).shape for row in rows[:size]]
    if request.get("ExcludeColumnSchema"):
        found = [_without_columns(shape) for shape in found]
    return {"Partitions": found, "NextToken": next_token(rows, size)}


def batch_get_partition(transaction: Transaction, request: Request) -> Answer:
    """BatchGetPartition: those that are there."""
    table = find_table(transaction, request)
    found = [_find(transaction, table, each["Values"]) for each in request["PartitionsToGet"]]
    return {"Partitions": [each.shape for each in found if each], "UnprocessedKeys": []}


def create_partition(transaction: Transaction, request: Request) -> Answer:
    """CreatePartition."""
    _add(transaction, find_table(transaction, request), request["PartitionInput"])
    return {}


def batch_create_partition(transaction: Transaction, request: Request) -> Answer:
    """BatchCreatePartition: each partition on its own."""
    table = find_table(transaction, request)
    errors = failures(
        request["PartitionInputList"],
        lambda given: _add(transaction, table, given),
        lambda given: {"PartitionValues": given.get("Values", [])},
    )
    return {"Errors": errors}


def update_partition(transaction: Transaction, request: Request) -> Answer:
    """UpdatePartition: replaces all; other values rename it."""
    _replace(transaction, find_table(transaction, request), request)
    return {}


def batch_update_partition(transaction: Transaction, request: Request) -> Answer:
    """BatchUpdatePartition: each partition on its own."""
    table = find_table(transaction, request)
    errors = failures(
        request["Entries"],
        lambda entry: _replace(transaction, table, entry),
        lambda entry: {"PartitionValueList": entry["PartitionValueList"]},
    )
    return {"Errors": errors}


def delete_partition(transaction: Transaction, request: Request) -> Answer:
    """DeletePartition; data stays where it is."""
    _drop(transaction, find_table(transaction, request), request["PartitionValues"])
    return {}


def batch_delete_partition(transaction: Transaction, request: Request) -> Answer:
    """BatchDeletePartition: each partition on its own."""
    table = find_table(transaction, request)
    errors = failures(
        request["PartitionsToDelete"],
        lambda entry: _drop(transaction, table, entry["Values"]),
        lambda entry: {"PartitionValues": entry["Values"]},
    )
    return {"Errors": errors}


def _chosen(table: Table, request: Request) -> Callable[[str], bool] | None:
    """Which keys a request for partitions wants; None for all."""
    conditions: list[Callable[[str], bool]] = []
    segment = request.get("Segment")
    if segment:
        number, total = segment["SegmentNumber"], segment["TotalSegments"]
        if not 0 <= number < total:
            raise InvalidInputException(f"There is no segment {number} of {total}.")
        # By the key itself: a partition's segment must not change with those that come and go.
        conditions.append(lambda key: zlib.crc32(key.encode()) % total == number)
    if request.get("Expression"):
        keys = table.partition_keys
        types = {key["Name"].lower(): key.get("Type") or "string" for key in keys}
        matches = compile_expression(request["Expression"], types)
        conditions.append(lambda key: matches(dict(zip(types, decode(key)))))  # noqa: B905
    if not conditions:
        return None
    return lambda key: all(condition(key) for condition in conditions)


def _page(transaction: Transaction, rows: Iterator[int], size: int) -> Iterator[Row]:
    for row, _ in zip(rows, range(size)):  # noqa: B905
        yield from transaction.all(
            "SELECT key, id, created, given FROM partitions WHERE id = ?", row
        )


def _find(transaction: Transaction, table: Table, values: list[str]) -> Partition | None:
    row = transaction.one(
        "SELECT key, id, created, given FROM partitions WHERE table_id = ? AND key = ?",
        *(table.row, encode(values)),
    )
    return None if row is None else _of_row(table, row)


def _of_row(table: Table, row: Row) -> Partition:
    key, number, created, given = row
    return Partition(table, number, decode(key), created, decode(given))


def _add(transaction: Transaction, table: Table, given: Answer) -> None:
    values, rest = _valued(table, given)
    if _find(transaction, table, values) is not None:
        raise AlreadyExistsException("Partition already exists.")
    transaction.run(
        "INSERT INTO partitions (table_id, key, created, given) VALUES (?, ?, ?, ?)",
        *(table.row, encode(values), transaction.now, encode(rest)),
    )


def _replace(transaction: Transaction, table: Table, entry: Request) -> None:
    previous = find_partition(transaction, table, entry["PartitionValueList"])
    values, rest = _valued(table, {"Values": previous.values, **entry["PartitionInput"]})
    if values != previous.values and _find(transaction, table, values) is not None:
        raise AlreadyExistsException("Partition already exists.")
    transaction.run(
        "UPDATE partitions SET key = ?, given = ? WHERE id = ?",
        *(encode(values), encode(rest), previous.row),
    )


def _drop(transaction: Transaction, table: Table, values: list[str]) -> None:
    row = find_partition(transaction, table, values).row
    transaction.run("DELETE FROM partitions WHERE id = ?", row)


def _valued(table: Table, given: Answer) -> tuple[list[str], Answer]:
    """The values and the rest of a PartitionInput.

    Raises InvalidInputException if there is not one value for each partition key.
    """
    rest = dict(given)
    values = rest.pop("Values", [])
    keys = [key["Name"] for key in table.partition_keys]
    if not keys or len(values) != len(keys):
        raise InvalidInputException(
            f"The number of partition keys ({', '.join(keys) or 'none'}) does not match the number "
            f"of partition values ({', '.join(values)})."
        )
    return values, rest


def _without_columns(partition: Answer) -> Answer:
    storage = dict(partition.get("StorageDescriptor", {}))
    if storage.pop("Columns", None) is None:
        return partition
    return {**partition, "StorageDescriptor": storage}


PARTITION_READS = {
    "BatchGetPartition": batch_get_partition,
    "GetPartition": get_partition,
    "GetPartitions": get_partitions,
}
PARTITION_WRITES = {
    "BatchCreatePartition": batch_create_partition,
    "BatchDeletePartition": batch_delete_partition,
    "BatchUpdatePartition": batch_update_partition,
    "CreatePartition": create_partition,
    "DeletePartition": delete_partition,
    "UpdatePartition": update_partition,
}
