"""The Data Catalog: databases, tables, columns and partitions, through its API and not through Spark."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from glue_compiler.knowledge.tables import HUDI, ICEBERG, OPEN_FORMATS, S3_TABLES

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.denials import next_step
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.faults import api_error, error_code
from dbt.adapters.glue.literals import type_name
from dbt.adapters.glue.named_tables import named_tables
from dbt.adapters.glue.refused_partitions import refused_partitions
from dbt.adapters.glue.table_buckets import PARENT as TABLE_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

__all__ = [
    "DataCatalog",
    "Partitions",
    "Table",
    "columns_of",
    "data_columns",
    "format_of",
    "hive_columns",
    "is_view",
    "spark_schema",
    "table_input",
]

Table = dict[str, Any]
Partitions = dict[tuple[str, ...], dict[str, Any]]

# https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html
TABLE_INPUT = (
    "Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention",
    "StorageDescriptor", "PartitionKeys", "ViewOriginalText", "ViewExpandedText", "TableType",
    "Parameters", "TargetTable", "ViewDefinition",
)  # fmt: skip
PARTITION_INPUT = (
    "Values",
    "LastAccessTime",
    "StorageDescriptor",
    "Parameters",
    "LastAnalyzedTime",
)
CREATE_PARTITIONS = 100
UPDATE_PARTITIONS = 100
DELETE_PARTITIONS = 25

SCHEMA = "spark.sql.sources.schema"
PROVIDER = "spark.sql.sources.provider"
PLACEHOLDER = "-__PLACEHOLDER__"

_OF_HUDI = frozenset(
    f"_hoodie_{name}"
    for name in ("commit_time", "commit_seqno", "record_key", "partition_path", "file_name")
)


class DataCatalog:
    """The catalog calls that the adapter makes. Raises GlueApiError; what is not there is None or empty."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    # Databases

    def databases(self) -> list[str]:
        return [item["Name"] for item in self._pages("get_databases", "DatabaseList")]

    def database(self, name: str) -> dict[str, Any] | None:
        answer = self._call("get_database", Name=name)
        return None if answer is None else dict(answer["Database"])

    def create_database(self, name: str, location: str | None) -> bool:
        """Whether it was made now: it may be there, made by another process perhaps."""
        database = {"Name": name, "Description": "Made by dbt"}
        if location:
            database["LocationUri"] = location
        try:
            self._call("create_database", DatabaseInput=database)
        except GlueApiError as error:
            if error.code != "AlreadyExistsException":
                raise
            return False
        return True

    def delete_database(self, name: str) -> None:
        self._call("delete_database", Name=name)

    # Tables

    def tables(self, database: str) -> Iterator[Table]:
        return self._pages("get_tables", "TableList", DatabaseName=database)

    def table(self, database: str, name: str) -> Table | None:
        answer = self._call("get_table", DatabaseName=database, Name=name.lower())
        return None if answer is None else dict(answer["Table"])

    def tables_named(self, database: str, names: Collection[str]) -> list[Table]:
        """Those of the tables that are there; names are in lower case."""
        return named_tables(self._call, database, names)

    def create_table(self, database: str, table: Table) -> None:
        self._call("create_table", DatabaseName=database, TableInput=table)

    def tables_matching(self, database: str, pattern: str) -> Iterator[Table]:
        """Those of the account's own catalog whose names a pattern of Glue's matches as a whole."""
        return self._pages("get_tables", "TableList", DatabaseName=database, Expression=pattern)

    def update_table(self, database: str, table: Table, version: str | None = None) -> None:
        """Replaces a table's description as a whole, with `version` only that one (see table_updates)."""
        given = {} if version is None else {"VersionId": version}
        self._call(
            "update_table", DatabaseName=database, TableInput=table, SkipArchive=True, **given
        )

    def delete_table(self, database: str, name: str) -> None:
        """Forgets a table; its data stays."""
        self._call("delete_table", DatabaseName=database, Name=name.lower())

    # Partitions

    def partitions(self, database: str, table: str) -> Partitions:
        """Partitions by their values."""
        pages = self._pages(
            "get_partitions", "Partitions", DatabaseName=database, TableName=table.lower()
        )
        return {
            tuple(item["Values"]): {key: item[key] for key in PARTITION_INPUT if key in item}
            for item in pages
        }

    def newest_partition(self, database: str, table: str) -> datetime | None:
        """When the partition that came last was made; None where there is none."""
        pages = self._pages(
            "get_partitions",
            "Partitions",
            DatabaseName=database,
            TableName=table.lower(),
            ExcludeColumnSchema=True,
        )
        return max((item["CreationTime"] for item in pages if "CreationTime" in item), default=None)

    def create_partitions(
        self, database: str, table: str, partitions: Sequence[dict[str, Any]]
    ) -> None:
        """Adds partitions; one that is there already (an answer that got lost) is replaced."""
        for batch in _batches(partitions, CREATE_PARTITIONS):
            there = self._batch(
                "batch_create_partition",
                database,
                table,
                "PartitionInputList",
                list(batch),
                tolerated="AlreadyExistsException",
            )
            self.update_partitions(
                database, table, [item for item in batch if tuple(item["Values"]) in there]
            )

    def update_partitions(
        self, database: str, table: str, partitions: Sequence[dict[str, Any]]
    ) -> None:
        for batch in _batches(partitions, UPDATE_PARTITIONS):
            entries = [
                {"PartitionValueList": item["Values"], "PartitionInput": item} for item in batch
            ]
            self._batch("batch_update_partition", database, table, "Entries", entries)

    def delete_partitions(
        self, database: str, table: str, values: Sequence[tuple[str, ...]]
    ) -> None:
        """Forgets partitions; one that is gone already is no error."""
        for batch in _batches(values, DELETE_PARTITIONS):
            doomed = [{"Values": list(item)} for item in batch]
            self._batch(
                "batch_delete_partition",
                database,
                table,
                "PartitionsToDelete",
                doomed,
                tolerated="EntityNotFoundException",
            )

    def _batch(
        self,
        operation: str,
        database: str,
        table: str,
        key: str,
        items: list[dict[str, Any]],
        *,
        tolerated: str | None = None,
    ) -> set[tuple[str, ...]]:
        """Returns the values of the partitions that were refused with the tolerated error."""

        def ask(left: list[dict[str, Any]]) -> list[dict[str, Any]]:
            named = {"DatabaseName": database, "TableName": table.lower(), key: left}
            return (self._call(operation, **named) or {}).get("Errors") or []

        refused = refused_partitions(ask, items)
        accepted = {values for values, detail in refused if detail.get("ErrorCode") == tolerated}
        problems = [item for item in refused if item[0] not in accepted]
        if problems:
            values, detail = problems[0]
            raise GlueApiError(
                f"{operation} of {database}.{table} failed for {len(problems)} partitions, such as "
                f"{values}: {detail.get('ErrorMessage', detail)}",
                str(detail.get("ErrorCode", "")),
            )
        return accepted

    # Calls

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The answer, or None where the thing that is asked for does not exist."""
        try:
            answer: dict[str, Any] = getattr(self._client(), operation)(**parameters)
        except ClientError as error:
            if error_code(error) == "EntityNotFoundException" and not operation.startswith(
                ("create", "update", "batch")
            ):
                return None
            told = error.response.get("Error", {}).get("Message", str(error))
            advice = next_step(operation, parameters, error_code(error), told)
            raise api_error(f"Data Catalog {operation}", error, advice=advice) from error
        except BotoCoreError as error:
            raise api_error(f"Data Catalog {operation}", error) from error
        return answer

    def _pages(self, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        token: str | None = None
        while True:
            page = {"NextToken": token} if token else {}
            answer = self._call(operation, **parameters, **page)
            if answer is None:
                return
            yield from answer.get(key, ())
            token = answer.get("NextToken")
            if not token:
                return


def table_input(table: Mapping[str, Any], **changes: Any) -> Table:
    """What UpdateTable takes of what GetTable gave, with changes."""
    kept = {key: table[key] for key in TABLE_INPUT if table.get(key) is not None}
    return {**kept, **changes}


def is_view(table: Mapping[str, Any]) -> bool:
    return table.get("TableType") == "VIRTUAL_VIEW"


def data_location(item: Mapping[str, Any] | None) -> str:
    """Where Spark has the data of a table or partition; empty where nothing says so, as of views.

    Of a table that Hive cannot read, such as one in JSON, Spark shows a `Location` where nothing is
    (`...-__PLACEHOLDER__`), and the true one as `path` of the SerDe (Spark's HiveExternalCatalog).
    """
    storage = (item or {}).get("StorageDescriptor") or {}
    location = str(storage.get("Location") or "")
    serde = (storage.get("SerdeInfo") or {}).get("Parameters") or {}
    is_sparks = PROVIDER in ((item or {}).get("Parameters") or {})
    if is_sparks or location.endswith(PLACEHOLDER):
        return str(serde.get("path") or location)
    return location


def format_of(table: Mapping[str, Any]) -> str | None:
    """iceberg, s3tables, delta, hudi, or the Spark provider's name; None for what says nothing."""
    parameters = table.get("Parameters") or {}
    table_type = str(parameters.get("table_type", "")).lower()
    if table_type == ICEBERG:
        return S3_TABLES if TABLE_BUCKETS in str(table.get("CatalogId")) else ICEBERG
    if table_type in OPEN_FORMATS:  # as those write it that are not Spark
        return table_type
    provider = parameters.get(PROVIDER) or parameters.get("classification")
    return str(provider).lower() if provider else None


def columns_of(table: Mapping[str, Any]) -> list[GlueColumn]:
    """The columns in order, partition columns last, with Spark's names and types.

    Spark keeps its own schema in the table's parameters; the Hive columns beside it are in lower case,
    or a placeholder where Hive cannot read the format.
    """
    schema = spark_schema(table)
    if schema is not None:
        columns = [GlueColumn(field["name"], _field_type(field)) for field in schema["fields"]]
        return data_columns(columns) if format_of(table) == HUDI else columns
    described = [*hive_columns(table), *(table.get("PartitionKeys") or ())]
    return [
        GlueColumn(column["Name"], column.get("Type", "string"))
        for column in described
        if not _is_of_the_past(column)
    ]


def data_columns(columns: Iterable[GlueColumn]) -> list[GlueColumn]:
    """The columns without those that Hudi adds to each table, which no model makes."""
    return [column for column in columns if column.name.lower() not in _OF_HUDI]


def column_comments(table: Mapping[str, Any]) -> dict[str, str]:
    """Comments by column name in lower case."""
    comments = {
        column["Name"].lower(): column.get("Comment") or ""
        for column in [*hive_columns(table), *(table.get("PartitionKeys") or ())]
        if not _is_of_the_past(column)
    }
    for field in (spark_schema(table) or {"fields": ()})["fields"]:
        comment = (field.get("metadata") or {}).get("comment")
        if comment:
            comments[field["name"].lower()] = comment
    return comments


def spark_schema(table: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema that Spark stored with the table, or None."""
    parameters = table.get("Parameters") or {}
    text = parameters.get(SCHEMA)
    if text is None and f"{SCHEMA}.numParts" in parameters:
        count = int(parameters[f"{SCHEMA}.numParts"])
        text = "".join(parameters[f"{SCHEMA}.part.{index}"] for index in range(count))
    schema: dict[str, Any] | None = json.loads(text) if text else None
    return schema


def _is_of_the_past(column: Mapping[str, Any]) -> bool:
    """Whether an Iceberg table once had the column: Iceberg keeps those in the catalog, with this mark."""
    return str((column.get("Parameters") or {}).get("iceberg.field.current")).lower() == "false"


def hive_columns(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return (table.get("StorageDescriptor") or {}).get("Columns") or []


def _field_type(field: Mapping[str, Any]) -> str:
    # Spark stores char(n) and varchar(n) as string, and the declared type in the metadata.
    declared = (field.get("metadata") or {}).get("__CHAR_VARCHAR_TYPE_STRING")
    return str(declared) if declared else type_name(field["type"])


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
