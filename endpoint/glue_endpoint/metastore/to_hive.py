"""Glue's structures as Hive's, by the rules of AWS's client for Spark: what Spark sees of the catalog.

A table that another client made must have what Hive needs, or it is refused in that client's words.
What Glue itself always answers, and a client need not have given (Retention, Compressed, ...), is its
zero here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.metastore.hive import HIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_endpoint.metastore.hive import Struct
    from glue_endpoint.metastore.to_glue import Document

_STORED_TYPES = ("MANAGED_TABLE", "EXTERNAL_TABLE")
_TABLE_TYPES = (*_STORED_TYPES, "VIRTUAL_VIEW", "INDEX_TABLE", "MATERIALIZED_VIEW")
_STORAGE_HANDLER = "storage_handler"


def hive_database(database: Document) -> Struct:
    """A database; one without a location has the empty text for it, with which Spark makes no table."""
    return HIVE.Database(
        name=database["Name"],
        description=database.get("Description"),
        locationUri=database.get("LocationUri") or "",
        parameters=database.get("Parameters") or {},
    )


def hive_table(table: Document, database: str) -> Struct:
    """A table or view. Raises MetaException for what Spark on AWS could not open either."""
    refuse_foreign(table)
    return HIVE.Table(
        tableName=table["Name"],
        dbName=database,
        owner=table.get("Owner"),
        createTime=_seconds(table.get("CreateTime")),
        lastAccessTime=_seconds(table.get("LastAccessTime")),
        retention=table.get("Retention") or 0,
        sd=_storage_descriptor(table.get("StorageDescriptor")),
        partitionKeys=_fields(table.get("PartitionKeys")),
        parameters=table.get("Parameters") or {},
        viewOriginalText=table.get("ViewOriginalText"),
        viewExpandedText=table.get("ViewExpandedText"),
        tableType=table.get("TableType"),
    )


def refuse_foreign(table: Document) -> None:
    """Raises MetaException unless a `Table` has what Hive needs: type, formats and serialization."""
    kind = table.get("TableType")
    if kind is not None and kind not in _TABLE_TYPES:
        raise HIVE.MetaException(
            message="Unable to get table: java.lang.IllegalArgumentException: No enum constant "
            f"org.apache.hadoop.hive.metastore.TableType.{kind}"
        )
    if (kind is not None and kind not in _STORED_TYPES) or table.get("Parameters", {}).get(
        _STORAGE_HANDLER
    ):
        return
    missing = _missing_member(table)
    if missing:
        raise HIVE.MetaException(message=f"{missing} cannot be null for table: {table['Name']}")


def _missing_member(table: Document) -> str | None:
    storage = table.get("StorageDescriptor")
    if table.get("TableType") is None:
        return "TableType"
    if storage is None:
        return "StorageDescriptor"
    for member in ("InputFormat", "OutputFormat", "SerdeInfo"):
        if storage.get(member) is None:
            return f"StorageDescriptor#{member}"
    if storage["SerdeInfo"].get("SerializationLibrary") is None:
        return "StorageDescriptor#SerdeInfo#SerializationLibrary"
    return None


def hive_partition(partition: Document) -> Struct:
    """A partition; one without storage of its own has none for Hive either."""
    storage = partition.get("StorageDescriptor")
    created, accessed = partition.get("CreationTime"), partition.get("LastAccessTime")
    return HIVE.Partition(
        values=partition.get("Values"),
        dbName=partition.get("DatabaseName"),
        tableName=partition.get("TableName"),
        createTime=None if created is None else int(created),
        lastAccessTime=None if accessed is None else int(accessed),
        sd=None if storage is None else _storage_descriptor(storage),
        parameters=partition.get("Parameters") or {},
    )


def hive_function(function: Document, database: str) -> Struct:
    """A function."""
    uris = function.get("ResourceUris")
    owner = function.get("OwnerType")
    return HIVE.Function(
        functionName=function["FunctionName"],
        dbName=database,
        className=function.get("ClassName"),
        ownerName=function.get("OwnerName"),
        ownerType=None if owner is None else HIVE.PrincipalType._NAMES_TO_VALUES[owner],
        createTime=_seconds(function.get("CreateTime")),
        functionType=HIVE.FunctionType.JAVA,
        resourceUris=None if uris is None else [_resource_uri(uri) for uri in uris],
    )


def _resource_uri(uri: Document) -> Struct:
    kind = uri.get("ResourceType")
    return HIVE.ResourceUri(
        resourceType=None if kind is None else HIVE.ResourceType._NAMES_TO_VALUES[kind],
        uri=uri.get("Uri"),
    )


def _storage_descriptor(storage: Document | None) -> Struct:
    if storage is None or storage.get("SerdeInfo") is None:
        # A view of another client may be without; AWS's client ends as Java does.
        raise HIVE.MetaException(message="Unable to get table: java.lang.NullPointerException")
    serde = storage["SerdeInfo"]
    return HIVE.StorageDescriptor(
        cols=_fields(storage.get("Columns")),
        location=storage.get("Location"),
        inputFormat=storage.get("InputFormat"),
        outputFormat=storage.get("OutputFormat"),
        compressed=bool(storage.get("Compressed")),
        numBuckets=storage.get("NumberOfBuckets") or 0,
        serdeInfo=HIVE.SerDeInfo(
            name=serde.get("Name"),
            serializationLib=serde.get("SerializationLibrary"),
            parameters=serde.get("Parameters") or {},
        ),
        bucketCols=storage.get("BucketColumns") or [],
        sortCols=[
            HIVE.Order(col=order.get("Column"), order=order.get("SortOrder") or 0)
            for order in storage.get("SortColumns") or ()
        ],
        parameters=storage.get("Parameters") or {},
        skewedInfo=_skewed_info(storage.get("SkewedInfo")),
        storedAsSubDirectories=bool(storage.get("StoredAsSubDirectories")),
    )


def _skewed_info(skewed: Document | None) -> Struct:
    if skewed is None:
        return None
    locations = skewed.get("SkewedColumnValueLocationMaps") or {}
    return HIVE.SkewedInfo(
        skewedColNames=skewed.get("SkewedColumnNames") or [],
        skewedColValues=[split_values(each) for each in skewed.get("SkewedColumnValues") or ()],
        skewedColValueLocationMaps={
            tuple(split_values(each)): location for each, location in locations.items()
        },
    )


def split_values(text: str) -> list[str]:
    """Skewed values from one text: `1$a3$bcd` is `["a", "bcd"]`. Raises MetaException."""
    values = []
    while text:
        length, mark, rest = text.partition("$")
        if not mark or not length.isdecimal() or int(length) > len(rest):
            raise HIVE.MetaException(message=f"{text!r} is no list of skewed values")
        values.append(rest[: int(length)])
        text = rest[int(length) :]
    return values


def _fields(columns: Iterable[Document] | None) -> list[Struct]:
    return [
        HIVE.FieldSchema(
            name=column.get("Name"), type=column.get("Type"), comment=column.get("Comment")
        )
        for column in columns or ()
    ]


def _seconds(time: Any) -> int:
    return 0 if time is None else int(time)
