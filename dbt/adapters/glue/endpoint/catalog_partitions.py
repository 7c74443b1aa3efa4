"""The partition operations of the Data Catalog, one by one and in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.endpoint.catalog_expressions import compile_expression
from dbt.adapters.glue.endpoint.catalog_lookup import (
    Answer,
    Handler,
    Request,
    Struct,
    error_detail,
    find_table,
    partition_key_names,
)
from dbt.adapters.glue.endpoint.catalog_shapes import Locations, glue_partition, hive_partition
from dbt.adapters.glue.endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    GlueError,
)
from dbt.adapters.glue.endpoint.pages import paginate

if TYPE_CHECKING:
    from dbt.adapters.glue.endpoint.catalog_metastore import Store

Values = tuple[str, ...]


class Partitions:
    """Partitions of tables; in a batch, every entry succeeds or fails on its own, as in Glue."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations

    def handlers(self) -> dict[str, Handler]:
        """The functions by the name of their operation."""
        return {
            "GetPartition": self._get,
            "GetPartitions": self._get_all,
            "CreatePartition": self._create,
            "UpdatePartition": self._update,
            "DeletePartition": self._delete,
            "BatchGetPartition": self._batch_get,
            "BatchCreatePartition": self._batch_create,
            "BatchUpdatePartition": self._batch_update,
            "BatchDeletePartition": self._batch_delete,
        }

    def _get(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        partition = open_table.existing(request["PartitionValues"])
        return {"Partition": glue_partition(partition, self._locations)}

    def _get_all(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        found = [open_table.partitions[values] for values in sorted(open_table.partitions)]
        if request.get("Expression"):
            keys = open_table.table.get("partitionKeys", [])
            names = partition_key_names(open_table.table)
            types = {key["name"]: key.get("type", "string") for key in keys}
            matches = compile_expression(request["Expression"], types)
            found = [each for each in found if matches(dict(zip(names, each["values"])))]  # noqa: B905
        if request.get("Segment"):
            found = found[
                request["Segment"]["SegmentNumber"] :: request["Segment"]["TotalSegments"]
            ]
        page, token = paginate(found, request)
        shown = [glue_partition(partition, self._locations) for partition in page]
        if request.get("ExcludeColumnSchema"):
            for partition in shown:
                partition["StorageDescriptor"].pop("Columns")
        return {"Partitions": shown, "NextToken": token}

    def _batch_get(self, store: Store, request: Request) -> Answer:
        partitions = _OpenTable(store, request).partitions
        found = [partitions.get(tuple(each["Values"])) for each in request["PartitionsToGet"]]
        return {
            "Partitions": [glue_partition(each, self._locations) for each in found if each],
            "UnprocessedKeys": [],
        }

    def _create(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        open_table.add([open_table.new(request["PartitionInput"])])
        return {}

    def _batch_create(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        errors, new = [], []
        for given in request["PartitionInputList"]:
            try:
                new.append(open_table.new(given))
            except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
                errors.append(_entry_error(given.get("Values", []), error))
        open_table.add(new)
        return {"Errors": errors}

    def _update(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        open_table.replace(request["PartitionValueList"], request["PartitionInput"])
        return {}

    def _batch_update(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        errors = []
        for entry in request["Entries"]:
            values = entry["PartitionValueList"]
            try:
                open_table.replace(values, entry["PartitionInput"])
            except GlueError as error:
                errors.append({"PartitionValueList": values, "ErrorDetail": error_detail(error)})
        return {"Errors": errors}

    def _delete(self, store: Store, request: Request) -> Answer:
        _OpenTable(store, request).remove(request["PartitionValues"])
        return {}

    def _batch_delete(self, store: Store, request: Request) -> Answer:
        open_table = _OpenTable(store, request)
        errors = []
        for entry in request["PartitionsToDelete"]:
            try:
                open_table.remove(entry["Values"])
            except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
                errors.append(_entry_error(entry["Values"], error))
        return {"Errors": errors}


class _OpenTable:
    """A table with all its partitions by their values, inside a transaction."""

    def __init__(self, store: Store, request: Request) -> None:
        self._store = store
        self.table = find_table(store, request["DatabaseName"], request["TableName"])
        self._name = self.table["dbName"], self.table["tableName"]
        self.partitions: dict[Values, Struct] = {
            tuple(each["values"]): each for each in store.partitions(*self._name)
        }

    def existing(self, values: list[str]) -> Struct:
        """The partition of these values; raises EntityNotFoundException."""
        found = self.partitions.get(tuple(values))
        if found is None:
            raise EntityNotFoundException(f"Cannot find partition: {values}")
        return found

    def new(self, given: Struct) -> Struct:
        """A partition to `add`; raises AlreadyExistsException or InvalidInputException."""
        partition = hive_partition(self.table, given)
        values = tuple(partition["values"])
        if values in self.partitions:
            raise AlreadyExistsException("Partition already exists.")
        self.partitions[values] = partition
        return partition

    def add(self, partitions: list[Struct]) -> None:
        """Stores new partitions."""
        self._store.add_partitions(*self._name, partitions)

    def replace(self, values: list[str], given: Struct) -> None:
        """Replaces one partition; `given` may carry other values, which renames it."""
        previous = self.existing(values)
        partition = hive_partition(self.table, {"Values": values, **given})
        new_values = tuple(partition["values"])
        if new_values != tuple(values) and new_values in self.partitions:
            raise AlreadyExistsException("Partition already exists.")
        partition["createTime"] = previous["createTime"]
        self._store.alter_partition(*self._name, values, partition)
        del self.partitions[tuple(values)]
        self.partitions[new_values] = partition

    def remove(self, values: list[str]) -> None:
        """Removes the metadata of one partition."""
        self.existing(values)
        self._store.drop_partition(*self._name, values)
        del self.partitions[tuple(values)]


def _entry_error(values: list[str], error: GlueError) -> dict[str, Any]:
    return {"PartitionValues": values, "ErrorDetail": error_detail(error)}
