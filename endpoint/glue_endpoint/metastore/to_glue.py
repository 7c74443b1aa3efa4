"""Hive's structures as inputs of Glue's operations, by the rules of AWS's client for Spark.

What Hive leaves unset is left out; its numbers and flags have values always, as in Java. Owners of
databases, privileges and creation times have no place in Glue's inputs and are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.metastore.hive import HIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_endpoint.metastore.hive import Struct

Document = dict[str, Any]
"""A structure of Glue's, as JSON has it."""


def database_input(database: Struct) -> Document:
    """A `DatabaseInput`."""
    return _present(
        Name=database.name,
        Description=database.description,
        LocationUri=database.locationUri,
        Parameters=database.parameters,
    )


def table_input(table: Struct) -> Document:
    """A `TableInput`."""
    return _present(
        Name=table.tableName,
        Owner=table.owner,
        LastAccessTime=table.lastAccessTime or 0,
        Retention=table.retention or 0,
        StorageDescriptor=storage_descriptor(table.sd),
        PartitionKeys=columns(table.partitionKeys or ()),
        ViewOriginalText=table.viewOriginalText,
        ViewExpandedText=table.viewExpandedText,
        TableType=table.tableType,
        Parameters=table.parameters,
    )


def partition_input(partition: Struct) -> Document:
    """A `PartitionInput`."""
    return _present(
        Values=partition.values,
        LastAccessTime=partition.lastAccessTime or 0,
        StorageDescriptor=storage_descriptor(partition.sd),
        Parameters=partition.parameters,
    )


def function_input(function: Struct) -> Document:
    """A `UserDefinedFunctionInput`."""
    uris = function.resourceUris
    return _present(
        FunctionName=function.functionName,
        ClassName=function.className,
        OwnerName=function.ownerName,
        OwnerType=_name_in(HIVE.PrincipalType, function.ownerType),
        ResourceUris=None
        if uris is None
        else [
            _present(ResourceType=_name_in(HIVE.ResourceType, uri.resourceType), Uri=uri.uri)
            for uri in uris
        ],
    )


def storage_descriptor(sd: Struct) -> Document:
    """A `StorageDescriptor`. Raises MetaException if there is none, as AWS's client ends there."""
    if sd is None:
        raise HIVE.MetaException(message="StorageDescriptor cannot be null")
    return _present(
        Columns=columns(sd.cols or ()),
        Location=sd.location,
        InputFormat=sd.inputFormat,
        OutputFormat=sd.outputFormat,
        Compressed=bool(sd.compressed),
        NumberOfBuckets=sd.numBuckets or 0,
        SerdeInfo=_serde_info(sd.serdeInfo),
        BucketColumns=sd.bucketCols,
        SortColumns=None
        if sd.sortCols is None
        else [_present(Column=order.col, SortOrder=order.order or 0) for order in sd.sortCols],
        Parameters=sd.parameters,
        SkewedInfo=_skewed_info(sd.skewedInfo),
        StoredAsSubDirectories=bool(sd.storedAsSubDirectories),
    )


def columns(fields: Iterable[Struct]) -> list[Document]:
    """`Column`s, the placeholders of Spark's own tables (`col array<string>`) among them."""
    return [_present(Name=each.name, Type=each.type, Comment=each.comment) for each in fields]


def _serde_info(serde: Struct) -> Document:
    if serde is None:
        raise HIVE.MetaException(message="StorageDescriptor#SerdeInfo cannot be null")
    return _present(
        Name=serde.name,
        SerializationLibrary=serde.serializationLib,
        Parameters=serde.parameters,
    )


def _skewed_info(skewed: Struct) -> Document | None:
    """Hive's lists of values are single texts in Glue: of each value its length, `$` and itself."""
    if skewed is None:
        return None
    values, locations = skewed.skewedColValues, skewed.skewedColValueLocationMaps
    return _present(
        SkewedColumnNames=skewed.skewedColNames,
        SkewedColumnValues=None if values is None else [joined_values(each) for each in values],
        SkewedColumnValueLocationMaps=None
        if locations is None
        else {joined_values(each): location for each, location in locations.items()},
    )


def joined_values(values: Iterable[str]) -> str:
    """Skewed values as one text: `["a", "bcd"]` is `1$a3$bcd`."""
    return "".join(f"{len(value)}${value}" for value in values)


def _name_in(enumeration: Any, value: int | None) -> str | None:
    return None if value is None else str(enumeration._VALUES_TO_NAMES[value])


def _present(**members: Any) -> Document:
    return {name: value for name, value in members.items() if value is not None}
