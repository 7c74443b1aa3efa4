"""Hive's calls about partitions."""

from __future__ import annotations

import re
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import EntityNotFoundException, GlueError
from glue_endpoint.metastore.data import child_location, normal_location
from glue_endpoint.metastore.glue import BATCH, PAGE
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.names import partition_name, partition_values
from glue_endpoint.metastore.refusals import of_glue
from glue_endpoint.metastore.tables import DDL_TIME, default_location, is_external
from glue_endpoint.metastore.to_glue import partition_input
from glue_endpoint.metastore.to_hive import hive_partition, hive_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_endpoint.metastore.data import Data
    from glue_endpoint.metastore.glue import Glue
    from glue_endpoint.metastore.hive import Struct
    from glue_endpoint.metastore.to_glue import Document

_QUOTED_TYPES = ("string", "char", "varchar", "date", "datetime", "timestamp")
_BARE = re.compile(r"-?\d+(\.\d+)?|true|false", re.IGNORECASE | re.ASCII)
_LIKE = re.compile(r"\blike\s+'((?:\.\*)?)(.*?)((?:\.\*)?)'", re.IGNORECASE)


class Partitions:
    """Each method is the call of its name, in the interface's order of arguments."""

    def __init__(self, glue: Glue, data: Data) -> None:
        self._glue = glue
        self._data = data

    # -- reading -------------------------------------------------------------------------------

    def get_partition(self, db_name: str, tbl_name: str, part_vals: list[str]) -> Struct:
        return hive_partition(self._partition(db_name, tbl_name, part_vals))

    def get_partitions(self, db_name: str, tbl_name: str, max_parts: int) -> list[Struct]:
        return self._filtered(db_name, tbl_name, None, max_parts)

    def get_partitions_ps(
        self, db_name: str, tbl_name: str, part_vals: list[str], max_parts: int
    ) -> list[Struct]:
        expression = self._expression_of(self._table(db_name, tbl_name), part_vals)
        return self._filtered(db_name, tbl_name, expression, max_parts)

    def get_partitions_by_filter(
        self, db_name: str, tbl_name: str, condition: str, max_parts: int
    ) -> list[Struct]:
        return self._filtered(db_name, tbl_name, glue_expression(condition), max_parts)

    def get_partitions_by_names(
        self, db_name: str, tbl_name: str, names: list[str]
    ) -> list[Struct]:
        wanted = [{"Values": partition_values(name)} for name in names]
        found: list[Document] = []
        for batch in _batches(wanted):
            found += self._glue.call(
                "BatchGetPartition",
                {"DatabaseName": db_name, "TableName": tbl_name, "PartitionsToGet": batch},
            ).get("Partitions", ())
        return [hive_partition(partition) for partition in found]

    def get_partition_names(self, db_name: str, tbl_name: str, max_parts: int) -> list[str]:
        try:
            return self.get_partition_names_ps(db_name, tbl_name, [], max_parts)
        except EntityNotFoundException:
            return []

    def get_partition_names_ps(
        self, db_name: str, tbl_name: str, part_vals: list[str], max_parts: int
    ) -> list[str]:
        table = self._table(db_name, tbl_name)
        expression = self._expression_of(table, part_vals)
        found = self._documents(db_name, tbl_name, expression, max_parts, ExcludeColumnSchema=True)
        return [partition_name(table.partitionKeys, each["Values"]) for each in found]

    def _table(self, database: str, name: str) -> Struct:
        return hive_table(self._glue.table(database, name), database)

    def _partition(self, database: str, table: str, values: list[str]) -> Document:
        where = {"DatabaseName": database, "TableName": table, "PartitionValues": values}
        found: Document = self._glue.call("GetPartition", where)["Partition"]
        return found

    def _filtered(
        self, database: str, table: str, expression: str | None, limit: int
    ) -> list[Struct]:
        found = self._documents(database, table, expression, limit)
        return [hive_partition(each) for each in found]

    def _documents(
        self, database: str, table: str, expression: str | None, limit: int, **options: Any
    ) -> Iterator[Document]:
        request = {"DatabaseName": database, "TableName": table, "MaxResults": PAGE, **options}
        if expression:
            request["Expression"] = expression
        found = self._glue.all("GetPartitions", request, "Partitions")
        return islice(found, limit) if limit and limit > 0 else found

    @staticmethod
    def _expression_of(table: Struct, values: list[str] | None) -> str | None:
        """Glue's expression for a beginning of a partition's values, in which an empty one is any.

        By AWS's client's rule `varchar(9)` is no type of texts, and its values stand without quotes, which
        Glue cannot read. Only what is a number, or true or false, is put there, whatever a value holds.
        """
        values = values or []
        if len(values) > len(table.partitionKeys):
            raise HIVE.MetaException(message=f"Incorrect number of partition values: {values}")
        terms = []
        for key, value in zip(table.partitionKeys, values, strict=False):
            if value and key.type in _QUOTED_TYPES:
                escaped = value.replace("'", "''")
                terms.append(f"({key.name}='{escaped}')")
            elif value and _BARE.fullmatch(value):
                terms.append(f"({key.name}={value})")
            elif value:
                raise HIVE.MetaException(message=f"Unsupported expression '({key.name}={value})'")
        return " AND ".join(terms) or None

    # -- writing -------------------------------------------------------------------------------

    def add_partition(self, new_part: Struct) -> Struct:
        self._add(new_part.dbName, new_part.tableName, [new_part], if_not_exists=False)
        return new_part

    def add_partitions(self, new_parts: list[Struct]) -> int:
        if not new_parts:
            return 0
        first = new_parts[0]
        return len(self._add(first.dbName, first.tableName, new_parts, if_not_exists=False))

    def add_partitions_req(self, request: Struct) -> Struct:
        added = self._add(
            request.dbName, request.tblName, request.parts or [], bool(request.ifNotExists)
        )
        return HIVE.AddPartitionsResult(partitions=added if request.needResult else None)

    def _add(
        self, database: str, name: str, partitions: list[Struct], if_not_exists: bool
    ) -> list[Struct]:
        """Add partitions and make their folders; the added ones. Raises the first refusal, after all were tried."""
        if not partitions:
            return []
        table = self._table(database, name)
        for partition in partitions:
            if len(partition.values or ()) != len(table.partitionKeys):
                raise HIVE.MetaException(
                    message="Number of table partition keys must match number of partition values"
                )
        made = self._make_folders(table, partitions)
        refused: dict[tuple[str, ...], Any] = {}
        for batch in _batches(partitions):
            refused.update(self._create(database, name, batch))
        failures = {
            values: error
            for values, error in refused.items()
            if not (if_not_exists and isinstance(error, HIVE.AlreadyExistsException))
        }
        for values in failures:
            if values in made:
                self._data.remove(made[values])
        if failures:
            raise next(iter(failures.values()))
        return [each for each in partitions if tuple(each.values) not in refused]

    def _make_folders(self, table: Struct, partitions: list[Struct]) -> dict[tuple[str, ...], str]:
        """The locations that were made, by the partitions' values."""
        made = {}
        try:
            for partition in partitions:
                location = _partition_location(table, partition)
                if location is not None:
                    partition.sd.location = location
                    if self._data.make(location):
                        made[tuple(partition.values)] = location
        except HIVE.MetaException:
            for location in made.values():
                self._data.remove(location)
            raise
        return made

    def _create(self, database: str, table: str, batch: list[Struct]) -> dict[tuple[str, ...], Any]:
        """What was refused of one BatchCreatePartition: Hive's exceptions by the partitions' values."""
        inputs = [partition_input(partition) for partition in batch]
        try:
            answer = self._glue.call(
                "BatchCreatePartition",
                {"DatabaseName": database, "TableName": table, "PartitionInputList": inputs},
            )
        except GlueError as error:
            refused = of_glue(error.code, error.message)
            return {tuple(partition.values): refused for partition in batch}
        return {
            tuple(error["PartitionValues"]): of_glue(
                error["ErrorDetail"]["ErrorCode"], error["ErrorDetail"].get("ErrorMessage", "")
            )
            for error in answer.get("Errors", ())
        }

    def drop_partition(
        self,
        db_name: str,
        tbl_name: str,
        part_vals: list[str],
        delete_data: bool,
    ) -> bool:
        partition = self._partition(db_name, tbl_name, part_vals)
        where = {"DatabaseName": db_name, "TableName": tbl_name, "PartitionValues": part_vals}
        self._glue.call("DeletePartition", where)
        location = partition.get("StorageDescriptor", {}).get("Location")
        if delete_data and location and not is_external(self._table(db_name, tbl_name)):
            self._data.remove(location)
            self._data.remove_empty_parents(location, len(part_vals) - 1)
        return True

    def drop_partition_by_name(
        self, db_name: str, tbl_name: str, part_name: str, delete_data: bool
    ) -> bool:
        """By its name, such as `day=2026-01-02/n=1`, as Hudi's sync does."""
        return self.drop_partition(db_name, tbl_name, partition_values(part_name), delete_data)

    def alter_partition(self, db_name: str, tbl_name: str, new_part: Struct) -> None:
        new_part.parameters = _with_time(new_part.parameters)
        self._update(db_name, tbl_name, new_part.values, new_part)

    def alter_partitions(self, db_name: str, tbl_name: str, new_parts: list[Struct]) -> None:
        for partition in new_parts:
            self.alter_partition(db_name, tbl_name, partition)

    def rename_partition(
        self, db_name: str, tbl_name: str, part_vals: list[str], new_part: Struct
    ) -> None:
        """Changes a partition's values; a managed table's folder moves with them."""
        table = self._table(db_name, tbl_name)
        old = self.get_partition(db_name, tbl_name, part_vals)
        if old.sd is None or new_part.sd is None:
            raise HIVE.InvalidOperationException(message="Storage descriptor cannot be null")
        new_part.parameters = _with_time(new_part.parameters)
        source = target = old.sd.location
        if table.tableType != "EXTERNAL_TABLE":
            name = partition_name(table.partitionKeys, new_part.values)
            target = child_location(default_location(self._glue, db_name, tbl_name), name)
        new_part.sd.location = target
        self._update(db_name, tbl_name, part_vals, new_part)
        try:
            self._data.move(source or "", target or "")
        except (HIVE.InvalidOperationException, HIVE.MetaException, OSError) as error:
            self._update(db_name, tbl_name, new_part.values, old)
            raise HIVE.InvalidOperationException(
                message=f"Unable to access old location {source} for partition "
                f"{db_name}.{tbl_name} {part_vals}: {error}"
            ) from error

    def _update(self, database: str, table: str, values: list[str], partition: Struct) -> None:
        self._glue.call(
            "UpdatePartition",
            {
                "DatabaseName": database,
                "TableName": table,
                "PartitionValueList": values,
                "PartitionInput": partition_input(partition),
            },
        )


def glue_expression(condition: str | None) -> str | None:
    """Glue's expression for a filter of Hive's.

    AWS's client turns double quotes into single ones, whatever the texts hold, and no more. `like` is a
    regular expression in Hive and SQL's in Glue: Spark's `.*` at the ends of one is `%` here.
    """
    if condition is None or not condition.strip():
        return None
    return _LIKE.sub(
        lambda found: f"like '{found[1] and '%'}{found[2]}{found[3] and '%'}'",
        condition.replace('"', "'"),
    )


def _partition_location(table: Struct, partition: Struct) -> str | None:
    """Where a partition lies: as given, or below its table by its name; None for a view's."""
    given = partition.sd.location if partition.sd is not None else None
    if given:
        if table.sd.location is None:
            raise HIVE.MetaException(message="Cannot specify location for a view partition")
        return normal_location(given)
    if table.sd.location is None:
        return None
    return child_location(table.sd.location, partition_name(table.partitionKeys, partition.values))


def _with_time(parameters: dict[str, str] | None) -> dict[str, str]:
    """A changed partition's parameters: with the time of the change, unless they have one."""
    given = parameters or {}
    if given.get(DDL_TIME, "0") != "0":
        return dict(given)
    return {**given, DDL_TIME: str(int(time.time()))}


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
