"""Catalogs: the account's own, and S3's table buckets within `s3tablescatalog`.

Source: AWS Glue's API reference, "Catalogs". A catalog of another kind (Redshift's, other federations)
cannot be made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT, REGION, resource_arn, table_bucket_arn
from glue_endpoint.api.pages import paginate
from glue_endpoint.catalog.names import S3_TABLES, catalog_of
from glue_endpoint.catalog.table_buckets import (
    CONNECTION,
    catalog_id,
    find_bucket,
    require_catalog,
    table_bucket_of,
)
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
    OperationNotSupportedException,
)
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_PARENT = f"{ACCOUNT}:{S3_TABLES}"


def create_catalog(transaction: Transaction, request: Request) -> Answer:
    """CreateCatalog, of `s3tablescatalog`. That which the first table bucket made may still be given its settings."""
    name, given = request["Name"], request["CatalogInput"]
    federated = given.get("FederatedCatalog", {})
    if name != S3_TABLES or CONNECTION not in (
        federated.get("ConnectionName"),
        federated.get("ConnectionType"),
    ):
        raise OperationNotSupportedException(
            f"The embedded Glue endpoint has one catalog beside the account's own: {S3_TABLES}, a "
            f"FederatedCatalog whose ConnectionName is {CONNECTION}."
        )
    row = transaction.one("SELECT given FROM catalogs WHERE name = ?", name)
    if row is not None and row[0] is not None:
        raise AlreadyExistsException(f"Catalog already exists: {name}.")
    mount(transaction)
    transaction.run("UPDATE catalogs SET given = ? WHERE name = ?", encode(given), name)
    return {}


def mount(transaction: Transaction) -> None:
    """Makes the account's table buckets catalogs of Glue, if they are not."""
    transaction.run(
        "INSERT OR IGNORE INTO catalogs (name, created, given) VALUES (?, ?, NULL)",
        *(S3_TABLES, transaction.now),
    )


def get_catalog(transaction: Transaction, request: Request) -> Answer:
    """GetCatalog."""
    catalog = catalog_of(request)
    if catalog == ACCOUNT:
        return {"Catalog": _own()}
    if catalog != _PARENT and table_bucket_of(catalog) is None:
        raise EntityNotFoundException(f"Catalog {request['CatalogId']} not found.")
    require_catalog(transaction, catalog)
    return {"Catalog": _shape(transaction, catalog)}


def get_catalogs(transaction: Transaction, request: Request) -> Answer:
    """GetCatalogs: those within the account's own, or within ParentCatalogId."""
    parent = catalog_of({"CatalogId": request.get("ParentCatalogId")})
    require_catalog(transaction, parent)
    found = [_own()] if request.get("IncludeRoot") and parent == ACCOUNT else []
    mounts = transaction.all("SELECT name FROM catalogs ORDER BY name")
    if parent == ACCOUNT and mounts:
        found.append(_shape(transaction, _PARENT))
    if (parent == ACCOUNT and mounts and request.get("Recursive")) or parent == _PARENT:
        names = transaction.all("SELECT name FROM table_buckets ORDER BY name")
        found += [_shape(transaction, catalog_id(name)) for (name,) in names]
    page, token = paginate(found, request)
    return {"CatalogList": page, "NextToken": token}


def delete_catalog(transaction: Transaction, request: Request) -> Answer:
    """DeleteCatalog, of `s3tablescatalog`: its table buckets stay, and are no catalogs any more."""
    catalog = catalog_of(request)
    require_catalog(transaction, catalog)
    if catalog != _PARENT:
        raise InvalidInputException(
            f"Catalog {catalog} cannot be deleted: a table bucket is deleted by S3 Tables."
        )
    transaction.run("DELETE FROM catalogs WHERE name = ?", S3_TABLES)
    return {}


def _own() -> Answer:
    return {"CatalogId": ACCOUNT, "Name": ACCOUNT, "ResourceArn": resource_arn(ACCOUNT, "catalog")}


def _shape(transaction: Transaction, catalog: str) -> Answer:
    row = transaction.one("SELECT created, given FROM catalogs WHERE name = ?", S3_TABLES)
    assert row is not None  # noqa: S101 - required in this transaction
    bucket = table_bucket_of(catalog)
    given = decode(row[1]) if row[1] and bucket is None else {}
    created = row[0] if bucket is None else find_bucket(transaction, bucket)
    source = f"arn:aws:s3tables:{REGION}:{ACCOUNT}:bucket/*"
    return {
        "CreateDatabaseDefaultPermissions": [],
        "CreateTableDefaultPermissions": [],
        **{name: value for name, value in given.items() if name not in _ASKED},
        "CatalogId": catalog,
        "Name": S3_TABLES if bucket is None else bucket,
        "ResourceArn": resource_arn(catalog, "catalog"),
        "CreateTime": created,
        "FederatedCatalog": {
            "Identifier": source if bucket is None else table_bucket_arn(bucket),
            "ConnectionName": CONNECTION,
            "ConnectionType": CONNECTION,
        },
    }


_ASKED = (
    "OverwriteChildResourcePermissionsWithDefault",
    "TargetRedshiftCatalog",
    "CatalogProperties",
)
"""Of a CatalogInput: what to do, and what a federated catalog does not have."""

CATALOG_READS = {"GetCatalog": get_catalog, "GetCatalogs": get_catalogs}
CATALOG_WRITES = {"CreateCatalog": create_catalog, "DeleteCatalog": delete_catalog}
