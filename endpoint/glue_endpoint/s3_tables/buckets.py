"""Table buckets and their namespaces, which are databases of Glue."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT, table_bucket_arn
from glue_endpoint.catalog.catalogs import mount
from glue_endpoint.catalog.databases import create_database, delete_database, get_database
from glue_endpoint.catalog.table_buckets import catalog_id, find_bucket
from glue_endpoint.errors import AlreadyExistsException, InvalidInputException
from glue_endpoint.s3_tables.names import bucket_in, glue_request, page

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_EDGES = "-"
_FORBIDDEN_STARTS = ("xn--", "sthree-", "amzn-s3-demo", "aws")
_FORBIDDEN_ENDS = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")


def create_bucket(transaction: Transaction, request: Request) -> Answer:
    """CreateTableBucket. It is a catalog of Glue at once, as one is that the console makes."""
    name = request["name"]
    if (
        name.strip(_EDGES) != name
        or name.startswith(_FORBIDDEN_STARTS)
        or name.endswith(_FORBIDDEN_ENDS)
    ):
        raise InvalidInputException(f"The specified bucket name is not valid: {name}.")
    if find_bucket(transaction, name) is not None:
        raise AlreadyExistsException(
            "The bucket that you tried to create already exists, and you own it."
        )
    transaction.run(
        "INSERT INTO table_buckets (name, created) VALUES (?, ?)", name, transaction.now
    )
    mount(transaction)
    return {"arn": table_bucket_arn(name)}


def get_bucket(transaction: Transaction, request: Request) -> Answer:
    """GetTableBucket."""
    name = bucket_in(transaction, request)
    return _bucket(name, find_bucket(transaction, name) or 0.0)


def list_buckets(transaction: Transaction, request: Request) -> Answer:
    """ListTableBuckets, by name."""
    rows = transaction.all(
        "SELECT name, created FROM table_buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name",
        *(
            request.get("continuationToken", ""),
            len(request.get("prefix", "")),
            request.get("prefix", ""),
        ),
    )
    shapes = [_bucket(name, created) for name, created in rows]
    return page(rows, request, "maxBuckets", "tableBuckets", shapes)


def delete_bucket(transaction: Transaction, request: Request) -> Answer:
    """DeleteTableBucket: one without namespaces."""
    name = bucket_in(transaction, request)
    if transaction.one("SELECT 1 FROM databases WHERE catalog = ?", catalog_id(name)):
        raise AlreadyExistsException("The bucket that you tried to delete is not empty.")
    transaction.run("DELETE FROM table_buckets WHERE name = ?", name)
    return {}


def create_namespace(transaction: Transaction, request: Request) -> Answer:
    """CreateNamespace."""
    bucket, (namespace,) = bucket_in(transaction, request), request["namespace"]
    given = {"CatalogId": catalog_id(bucket), "DatabaseInput": {"Name": namespace}}
    create_database(transaction, given)
    return {"tableBucketARN": request["tableBucketARN"], "namespace": [namespace]}


def get_namespace(transaction: Transaction, request: Request) -> Answer:
    """GetNamespace."""
    asked = glue_request(bucket_in(transaction, request), request["namespace"])
    found = get_database(transaction, {**asked, "Name": request["namespace"]})["Database"]
    return _namespace(found["Name"], found["CreateTime"])


def list_namespaces(transaction: Transaction, request: Request) -> Answer:
    """ListNamespaces, by name."""
    prefix = request.get("prefix", "")
    rows = transaction.all(
        "SELECT name, created FROM databases WHERE catalog = ? AND name > ? "
        "AND substr(name, 1, ?) = ? ORDER BY name",
        *(catalog_id(bucket_in(transaction, request)), request.get("continuationToken", "")),
        *(len(prefix), prefix),
    )
    shapes = [_namespace(name, created) for name, created in rows]
    return page(rows, request, "maxNamespaces", "namespaces", shapes)


def delete_namespace(transaction: Transaction, request: Request) -> Answer:
    """DeleteNamespace: one without tables."""
    asked = glue_request(bucket_in(transaction, request), request["namespace"])
    try:
        delete_database(transaction, {**asked, "Name": request["namespace"]})
    except InvalidInputException as error:
        raise AlreadyExistsException(error.message) from error
    return {}


def _bucket(name: str, created: float) -> Answer:
    arn = table_bucket_arn(name)
    return {
        "arn": arn,
        "name": name,
        "ownerAccountId": ACCOUNT,
        "createdAt": created,
        "tableBucketId": str(uuid.uuid5(uuid.NAMESPACE_URL, arn)),
        "type": "customer",
    }


def _namespace(name: str, created: float) -> Answer:
    return {
        "namespace": [name],
        "createdAt": created,
        "createdBy": ACCOUNT,
        "ownerAccountId": ACCOUNT,
    }


BUCKET_READS = {
    "GetNamespace": get_namespace,
    "GetTableBucket": get_bucket,
    "ListNamespaces": list_namespaces,
    "ListTableBuckets": list_buckets,
}
BUCKET_WRITES = {
    "CreateNamespace": create_namespace,
    "CreateTableBucket": create_bucket,
    "DeleteNamespace": delete_namespace,
    "DeleteTableBucket": delete_bucket,
}
