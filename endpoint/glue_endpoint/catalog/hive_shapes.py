"""Between the Data Catalog's shapes (botocore's names) and the Hive metastore's (Thrift's names)."""

from __future__ import annotations

import json
import time
import zlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT, USER_ARN

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.catalog.store import Struct

PROVIDER = "spark.sql.sources.provider"
_SCHEMA = "spark.sql.sources.schema"
_DDL_TIME = "transient_lastDdlTime"
# Spark's HiveExternalCatalog stores this in place of columns that Hive could not read itself.
_NO_COLUMNS = [("col", "array<string>")]
_PLACEHOLDER = "-__PLACEHOLDER__"
_HIVE_TYPES = {
    "integer": "int",
    "long": "bigint",
    "short": "smallint",
    "byte": "tinyint",
    "timestamp_ntz": "timestamp",
}


def glue_database(database: Struct, buckets: Buckets) -> Struct:
    """A `Database` of Glue."""
    return {
        "Name": database["name"],
        "Description": database.get("description") or None,
        "LocationUri": buckets.location(database.get("locationUri")),
        "Parameters": database.get("parameters", {}),
        "CatalogId": ACCOUNT,
    }


def hive_database(given: Struct, warehouse: str) -> Struct:
    """A metastore database from a `DatabaseInput`."""
    name = given["Name"].lower()
    return {
        "name": name,
        "description": given.get("Description", ""),
        # Spark cannot load a database without a location; Glue's may have none.
        "locationUri": given.get("LocationUri") or f"{warehouse.rstrip('/')}/{name}.db",
        "parameters": given.get("Parameters", {}),
        "ownerType": 1,
    }


def glue_table(table: Struct, buckets: Buckets) -> Struct:
    """A `Table` of Glue; of a Spark table with the columns that Spark put into the parameters."""
    parameters = table.get("parameters", {})
    partition_keys = [_glue_column(column) for column in table.get("partitionKeys", [])]
    result = {
        "Name": table["tableName"],
        "DatabaseName": table["dbName"],
        "Description": parameters.get("comment"),
        "Owner": table.get("owner") or None,
        "CreateTime": _time(table.get("createTime")),
        "UpdateTime": _time(parameters.get(_DDL_TIME)) or _time(table.get("createTime")),
        "LastAccessTime": _time(table.get("lastAccessTime")),
        "Retention": table.get("retention", 0),
        "StorageDescriptor": _glue_storage(table["sd"], buckets),
        "PartitionKeys": partition_keys,
        "ViewOriginalText": table.get("viewOriginalText"),
        "ViewExpandedText": table.get("viewExpandedText"),
        "TableType": table.get("tableType"),
        "Parameters": parameters,
        "CreatedBy": USER_ARN,
        "IsRegisteredWithLakeFormation": False,
        "CatalogId": ACCOUNT,
        "VersionId": _version_of(table),
    }
    columns = _spark_columns(table["sd"], parameters)
    if columns is not None:
        keys = {column["Name"] for column in partition_keys}
        result["StorageDescriptor"]["Columns"] = [c for c in columns if c["Name"] not in keys]
    return result


def hive_table(database: str, given: Struct, previous: Struct | None = None) -> Struct:
    """A metastore table from a `TableInput`; `previous` is the `Table` that it replaces."""
    kind = given.get("TableType") or "EXTERNAL_TABLE"
    parameters = dict(given.get("Parameters", {}))
    now = int(time.time())
    parameters[_DDL_TIME] = str(now)
    # Hive keeps the type twice, and takes the parameter's word if they differ.
    parameters.pop("EXTERNAL", None)
    if kind == "EXTERNAL_TABLE":
        parameters["EXTERNAL"] = "TRUE"
    if given.get("Description"):
        parameters["comment"] = given["Description"]
    return {
        "tableName": given["Name"].lower(),
        "dbName": database,
        "owner": given.get("Owner") or (previous or {}).get("Owner") or "",
        "createTime": seconds_of(previous["CreateTime"]) if previous else now,
        "lastAccessTime": seconds_of(given.get("LastAccessTime")),
        "retention": given.get("Retention", 0),
        "sd": _hive_storage(given.get("StorageDescriptor", {})),
        "partitionKeys": [_hive_column(column) for column in given.get("PartitionKeys", [])],
        "parameters": parameters,
        "viewOriginalText": given.get("ViewOriginalText"),
        "viewExpandedText": given.get("ViewExpandedText"),
        "tableType": kind,
    }


def _version_of(table: Struct) -> str:
    """A `VersionId` that changes whenever the table does, whoever changed it."""
    return str(zlib.crc32(json.dumps(table, sort_keys=True).encode()))


def glue_partition(partition: Struct, buckets: Buckets) -> Struct:
    """A `Partition` of Glue."""
    return {
        "Values": partition["values"],
        "DatabaseName": partition["dbName"],
        "TableName": partition["tableName"],
        "CreationTime": _time(partition.get("createTime")),
        "LastAccessTime": _time(partition.get("lastAccessTime")),
        "StorageDescriptor": _glue_storage(partition["sd"], buckets),
        "Parameters": partition.get("parameters", {}),
        "CatalogId": ACCOUNT,
    }


def hive_partition(
    database: str, table: str, given: Struct, table_storage: Callable[[], Struct]
) -> Struct:
    """A metastore partition from a `PartitionInput`, which may leave its storage to the table's."""
    storage = given.get("StorageDescriptor")
    return {
        "values": given["Values"],
        "dbName": database,
        "tableName": table,
        "createTime": int(time.time()),
        "lastAccessTime": seconds_of(given.get("LastAccessTime")),
        "sd": _hive_storage(storage) if storage else table_storage(),
        "parameters": given.get("Parameters", {}),
    }


def _glue_storage(sd: Struct, buckets: Buckets) -> Struct:
    serde = sd.get("serdeInfo", {})
    location = sd.get("location")
    if location and location.endswith(_PLACEHOLDER):
        location = serde.get("parameters", {}).get("path", location)
    return {
        "Columns": [_glue_column(column) for column in sd.get("cols", [])],
        "Location": buckets.location(location),
        "InputFormat": sd.get("inputFormat"),
        "OutputFormat": sd.get("outputFormat"),
        "Compressed": bool(sd.get("compressed", 0)),
        "NumberOfBuckets": sd.get("numBuckets", -1),
        "SerdeInfo": {
            "Name": serde.get("name"),
            "SerializationLibrary": serde.get("serializationLib"),
            "Parameters": _with_s3_path(serde.get("parameters", {}), buckets),
        },
        "BucketColumns": sd.get("bucketCols", []),
        "SortColumns": [
            {"Column": order["col"], "SortOrder": order["order"]}
            for order in sd.get("sortCols", [])
        ],
        "Parameters": sd.get("parameters", {}),
        "StoredAsSubDirectories": bool(sd.get("storedAsSubDirectories", 0)),
    }


def _with_s3_path(parameters: dict[str, str], buckets: Buckets) -> dict[str, str | None]:
    """Spark keeps the location of its own tables here once more."""
    if "path" not in parameters:
        return {**parameters}
    return {**parameters, "path": buckets.location(parameters["path"])}


def _hive_storage(given: Struct) -> Struct:
    serde = given.get("SerdeInfo", {})
    return {
        "cols": [_hive_column(column) for column in given.get("Columns", [])],
        "location": given.get("Location"),
        "inputFormat": given.get("InputFormat"),
        "outputFormat": given.get("OutputFormat"),
        "compressed": given.get("Compressed", False),
        "numBuckets": given.get("NumberOfBuckets", -1),
        "serdeInfo": {
            "name": serde.get("Name"),
            "serializationLib": serde.get("SerializationLibrary"),
            "parameters": serde.get("Parameters", {}),
        },
        "bucketCols": given.get("BucketColumns", []),
        "sortCols": [
            {"col": order["Column"], "order": order["SortOrder"]}
            for order in given.get("SortColumns", [])
        ],
        "parameters": given.get("Parameters", {}),
        "storedAsSubDirectories": given.get("StoredAsSubDirectories", False),
    }


def _glue_column(column: Struct) -> Struct:
    return {
        "Name": column["name"],
        "Type": column.get("type"),
        "Comment": column.get("comment"),
    }


def _hive_column(column: Struct) -> Struct:
    return {
        "name": column["Name"].lower(),
        "type": column.get("Type", "string"),
        "comment": column.get("Comment"),
    }


def _spark_columns(sd: Struct, parameters: dict[str, str]) -> list[Struct] | None:
    """The columns in Spark's parameters, where the metastore's own are only a placeholder."""
    stored = [(column["name"], column.get("type")) for column in sd.get("cols", [])]
    if stored and stored != _NO_COLUMNS:
        return None
    count = parameters.get(f"{_SCHEMA}.numParts")
    if count is not None:
        text = "".join(parameters.get(f"{_SCHEMA}.part.{part}", "") for part in range(int(count)))
    else:
        text = parameters.get(_SCHEMA, "")
    if not text:
        return None
    return [
        {
            "Name": field["name"].lower(),
            "Type": hive_type(field["type"]),
            "Comment": field.get("metadata", {}).get("comment"),
        }
        for field in json.loads(text)["fields"]
    ]


def hive_type(spark: Any) -> str:
    """The Hive name of a type in Spark's schema JSON, e.g. `long` -> `bigint`."""
    if isinstance(spark, str):
        return _HIVE_TYPES.get(spark, spark)
    build: dict[str, Callable[[], str]] = {
        "array": lambda: f"array<{hive_type(spark['elementType'])}>",
        "map": lambda: f"map<{hive_type(spark['keyType'])},{hive_type(spark['valueType'])}>",
        "struct": lambda: (
            "struct<"
            + ",".join(f"{f['name'].lower()}:{hive_type(f['type'])}" for f in spark["fields"])
            + ">"
        ),
        "udt": lambda: hive_type(spark["sqlType"]),
    }
    return build[spark["type"]]()


def _time(seconds: str | int | None) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), timezone.utc) if seconds and int(seconds) else None


def seconds_of(value: datetime | None) -> int:
    return int(value.timestamp()) if value else 0
