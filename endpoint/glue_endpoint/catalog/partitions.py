"""The partition operations of the Data Catalog, one by one and in batches.

In a batch, every entry succeeds or fails on its own, as in Glue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import paginate
from glue_endpoint.catalog.expressions import compile_expression
from glue_endpoint.catalog.lookup import error_detail, find_table, partition_key_names
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    GlueError,
    InvalidInputException,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.store import Store, Struct

    Values = tuple[str, ...]


def _get(store: Store, request: Request) -> Answer:
    return {"Partition": _OpenTable(store, request).existing(request["PartitionValues"])}


def _get_all(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    found = sorted(open_table.stored)
    if request.get("Expression"):
        keys = open_table.table["PartitionKeys"]
        types = {key["Name"]: key["Type"] or "string" for key in keys}
        matches = compile_expression(request["Expression"], types)
        found = [values for values in found if matches(dict(zip(types, values)))]  # noqa: B905
    if request.get("Segment"):
        found = found[request["Segment"]["SegmentNumber"] :: request["Segment"]["TotalSegments"]]
    page, token = paginate(found, request)
    partitions = [open_table.stored[values] for values in page]
    if request.get("ExcludeColumnSchema"):
        partitions = [_without_columns(partition) for partition in partitions]
    return {"Partitions": partitions, "NextToken": token}


def _batch_get(store: Store, request: Request) -> Answer:
    stored = _OpenTable(store, request).stored
    found = [stored.get(tuple(each["Values"])) for each in request["PartitionsToGet"]]
    return {"Partitions": [each for each in found if each], "UnprocessedKeys": []}


def _create(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    open_table.expect_new(request["PartitionInput"])
    open_table.add([request["PartitionInput"]])
    return {}


def _batch_create(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    errors, new = [], []
    for given in request["PartitionInputList"]:
        try:
            open_table.expect_new(given)
            new.append(given)
        except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
            errors.append(_entry_error(given.get("Values", []), error))
    open_table.add(new)
    return {"Errors": errors}


def _update(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    open_table.replace(request["PartitionValueList"], request["PartitionInput"])
    return {}


def _batch_update(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    errors = []
    for entry in request["Entries"]:
        values = entry["PartitionValueList"]
        try:
            open_table.replace(values, entry["PartitionInput"])
        except GlueError as error:
            errors.append({"PartitionValueList": values, "ErrorDetail": error_detail(error)})
    return {"Errors": errors}


def _delete(store: Store, request: Request) -> Answer:
    _OpenTable(store, request).remove(request["PartitionValues"])
    return {}


def _batch_delete(store: Store, request: Request) -> Answer:
    open_table = _OpenTable(store, request)
    errors = []
    for entry in request["PartitionsToDelete"]:
        try:
            open_table.remove(entry["Values"])
        except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
            errors.append(_entry_error(entry["Values"], error))
    return {"Errors": errors}


PARTITION_HANDLERS: dict[str, Callable[[Store, Request], Answer]] = {
    "GetPartition": _get,
    "GetPartitions": _get_all,
    "CreatePartition": _create,
    "UpdatePartition": _update,
    "DeletePartition": _delete,
    "BatchGetPartition": _batch_get,
    "BatchCreatePartition": _batch_create,
    "BatchUpdatePartition": _batch_update,
    "BatchDeletePartition": _batch_delete,
}
"""The functions by the name of their operation."""


class _OpenTable:
    """A table with all its partitions, `stored` and as a batch changed them, inside a transaction."""

    def __init__(self, store: Store, request: Request) -> None:
        self._store = store
        self.table = find_table(store, request["DatabaseName"], request["TableName"])
        self._name = self.table["DatabaseName"], self.table["Name"]
        self.stored = store.partitions(*self._name)
        self._changed: dict[Values, Struct | None] = {}

    def existing(self, values: list[str]) -> Struct:
        """The partition of these values; raises EntityNotFoundException."""
        found = self._find(tuple(values))
        if found is None:
            raise EntityNotFoundException(f"Cannot find partition: {values}")
        return found

    def expect_new(self, given: Struct) -> None:
        """Takes the values of a partition to `add`.

        Raises AlreadyExistsException, or InvalidInputException if they do not fit the table's keys.
        """
        values = self._values_of(given)
        if self._find(values) is not None:
            raise AlreadyExistsException("Partition already exists.")
        self._changed[values] = given

    def add(self, given: list[Struct]) -> None:
        """Stores new partitions."""
        self._store.add_partitions(*self._name, given)

    def replace(self, values: list[str], given: Struct) -> None:
        """Replaces one partition; `given` may carry other values, which renames it."""
        previous = self.existing(values)
        given = {"Values": values, **given}
        new_values = self._values_of(given)
        if new_values != tuple(values) and self._find(new_values) is not None:
            raise AlreadyExistsException("Partition already exists.")
        self._store.replace_partition(previous, given)
        self._changed[tuple(values)] = None
        self._changed[new_values] = {**previous, "Values": list(new_values)}

    def remove(self, values: list[str]) -> None:
        """Removes the metadata of one partition."""
        self.existing(values)
        self._store.drop_partition(*self._name, values)
        self._changed[tuple(values)] = None

    def _find(self, values: Values) -> Struct | None:
        return self._changed[values] if values in self._changed else self.stored.get(values)

    def _values_of(self, given: Struct) -> Values:
        """Raises InvalidInputException if there is not one value for each partition key."""
        keys, values = partition_key_names(self.table), given.get("Values", [])
        if len(values) != len(keys):
            raise InvalidInputException(
                f"The number of partition keys ({', '.join(keys) or 'none'}) does not match the "
                f"number of partition values ({', '.join(values)})."
            )
        return tuple(values)


def _without_columns(partition: Struct) -> Struct:
    storage = dict(partition["StorageDescriptor"])
    del storage["Columns"]
    return {**partition, "StorageDescriptor": storage}


def _entry_error(values: list[str], error: GlueError) -> Struct:
    return {"PartitionValues": values, "ErrorDetail": error_detail(error)}
