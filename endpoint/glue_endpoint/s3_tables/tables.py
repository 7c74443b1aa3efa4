"""Tables of table buckets: the same ones that Glue has in the bucket's catalog.

A table's version is Glue's, in decimal figures. Columns are what a client of Glue gave: what this API's
UpdateTableMetadataLocation changed in them stands in the metadata alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.table_buckets import catalog_id, table_arn
from glue_endpoint.catalog.tables import create_table as create_glue_table
from glue_endpoint.catalog.tables import delete_table as delete_glue_table
from glue_endpoint.catalog.tables import find_table, update_table
from glue_endpoint.errors import (
    ConcurrentModificationException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.s3_tables.names import bucket_in, glue_request, page
from glue_endpoint.store.store import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Transaction

_METADATA = "metadata_location"
_LISTED = """
    SELECT d.name || char(0) || t.name, d.name, t.name, t.created, t.updated, t.given
    FROM tables t JOIN databases d ON d.id = t.database WHERE d.catalog = ?1
    AND d.name || char(0) || t.name > ?2 AND (?3 IS NULL OR d.name = ?3)
    AND substr(t.name, 1, length(?4)) = ?4 ORDER BY 1
"""


def create_table(transaction: Transaction, request: Request) -> Answer:
    """CreateTable, without columns: those come with the first metadata."""
    if request.get("metadata"):
        raise InvalidInputException(
            "The embedded endpoint writes no Iceberg metadata of its own: leave out `metadata`, and "
            "have the columns written by Iceberg's GlueCatalog, in Spark or pyiceberg."
        )
    bucket, name = bucket_in(transaction, request), request["name"]
    given = {"Name": name, "Parameters": {"format": "ICEBERG"}}
    asked = glue_request(bucket, request["namespace"])
    create_glue_table(transaction, {**asked, "TableInput": given})
    table = find_table(transaction, {**asked, "TableName": name})
    return {"tableARN": table_arn(bucket, table.given), "versionToken": str(table.version)}


def get_table(transaction: Transaction, request: Request) -> Answer:
    """GetTable, by its ARN or by its bucket, namespace and name."""
    if "tableArn" in request:
        bucket, table = _by_arn(transaction, request["tableArn"])
    else:
        missing = [n for n in ("tableBucketARN", "namespace", "name") if n not in request]
        if missing:
            raise InvalidInputException(f"Give tableArn, or else {', '.join(missing)} too.")
        bucket, table = bucket_in(transaction, request), _find(transaction, request)
    location = table.given["StorageDescriptor"]["Location"]
    return {
        **_summary(
            bucket, table.database.name, table.name, (table.created, table.updated), table.given
        ),
        "versionToken": str(table.version),
        "metadataLocation": table.given["Parameters"].get(_METADATA),
        "warehouseLocation": location,
        "createdBy": ACCOUNT,
        "modifiedBy": ACCOUNT,
        "ownerAccountId": ACCOUNT,
        "format": "ICEBERG",
    }


def list_tables(transaction: Transaction, request: Request) -> Answer:
    """ListTables, of a bucket or of one of its namespaces, by name."""
    bucket = bucket_in(transaction, request)
    if "namespace" in request:
        find_database(transaction, glue_request(bucket, request["namespace"]))
    rows = transaction.all(
        _LISTED,
        *(catalog_id(bucket), request.get("continuationToken", "")),
        *(request.get("namespace"), request.get("prefix", "")),
    )
    shapes = [_summary(bucket, row[1], row[2], row[3:5], decode(row[5])) for row in rows]
    return page(rows, request, "maxTables", "tables", shapes)


def get_metadata_location(transaction: Transaction, request: Request) -> Answer:
    """GetTableMetadataLocation."""
    table = _find(transaction, request)
    return {
        "versionToken": str(table.version),
        "metadataLocation": table.given["Parameters"].get(_METADATA),
        "warehouseLocation": table.given["StorageDescriptor"]["Location"],
    }


def update_metadata_location(transaction: Transaction, request: Request) -> Answer:
    """UpdateTableMetadataLocation: compares the version, and replaces the pointer."""
    table = _find(transaction, request)
    if request["versionToken"] != str(table.version):
        raise ConcurrentModificationException(
            "Provided version token does not match the table version token."
        )
    parameters = {**table.given["Parameters"], _METADATA: request["metadataLocation"]}
    if _METADATA in table.given["Parameters"]:
        parameters["previous_metadata_location"] = table.given["Parameters"][_METADATA]
    bucket = bucket_in(transaction, request)
    given = {**table.given, "Name": table.name, "Parameters": parameters}
    asked = glue_request(bucket, table.database.name)
    update_table(transaction, {**asked, "TableInput": given, "SkipArchive": True})
    return {
        "name": table.name,
        "tableARN": table_arn(bucket, table.given),
        "namespace": [table.database.name],
        "versionToken": str(table.version + 1),
        "metadataLocation": request["metadataLocation"],
    }


def delete_table(transaction: Transaction, request: Request) -> Answer:
    """DeleteTable: with its data."""
    table = _find(transaction, request)
    if request.get("versionToken") not in (None, str(table.version)):
        raise ConcurrentModificationException(
            "Provided version token does not match the table version token."
        )
    bucket = bucket_in(transaction, request)
    delete_glue_table(transaction, glue_request(bucket, table.database.name, table.name))
    return {}


def _find(transaction: Transaction, request: Request) -> Table:
    bucket = bucket_in(transaction, request)
    return find_table(transaction, glue_request(bucket, request["namespace"], request["name"]))


def _by_arn(transaction: Transaction, arn: str) -> tuple[str, Table]:
    bucket = bucket_in(transaction, {"tableBucketARN": arn.partition("/table/")[0]})
    for _, namespace, name, _, _, given in transaction.all(
        _LISTED, catalog_id(bucket), "", None, ""
    ):
        if table_arn(bucket, decode(given)) == arn:
            return bucket, find_table(transaction, glue_request(bucket, namespace, name))
    raise EntityNotFoundException(f"The specified table does not exist: {arn}.")


def _summary(
    bucket: str, namespace: str, name: str, times: Sequence[float], given: Answer
) -> Answer:
    return {
        "namespace": [namespace],
        "name": name,
        "type": "customer",
        "tableARN": table_arn(bucket, given),
        "createdAt": times[0],
        "modifiedAt": times[1],
    }


TABLE_READS = {
    "GetTable": get_table,
    "GetTableMetadataLocation": get_metadata_location,
    "ListTables": list_tables,
}
TABLE_WRITES = {
    "CreateTable": create_table,
    "DeleteTable": delete_table,
    "UpdateTableMetadataLocation": update_metadata_location,
}
