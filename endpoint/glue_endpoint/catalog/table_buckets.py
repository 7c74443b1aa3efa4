"""Table buckets of S3 Tables as catalogs of Glue: which there are, and what their databases and tables must be.

A table bucket is the catalog `account:s3tablescatalog/bucket`. Its tables are Iceberg's, S3 says where
they are kept, and what a table leaves is removed with it. Sources: AWS's pages "Integrating Amazon S3
Tables with AWS analytics services" and "Considerations and limitations" of S3 Tables in Glue and Athena,
and what others saw there (pyiceberg's and dbt-athena's code for S3 Tables).

AWS's own build of Iceberg has S3 give a new table its storage. The published GlueCatalog asks the database
instead: so `LocationUri` is storage that nothing else has, another one each time, and a table may be made
in such storage and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT, table_bucket_arn
from glue_endpoint.catalog.names import S3_TABLES
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_endpoint.api.operations import Answer
    from glue_endpoint.store.store import Transaction

CONNECTION = "aws:s3tables"
"""The connection by which Glue reaches S3 Tables; clients tell by it where they are."""
STORAGE_SUFFIX = "--table-s3"
"""How the names of the buckets end in which S3 keeps tables."""
_PARENT = f"{ACCOUNT}:{S3_TABLES}"
_NAME = re.compile(r"[0-9a-z](?:[0-9a-z_]*[0-9a-z_])?")
_LONGEST_NAME = 255
_STORAGE = re.compile(
    r"s3://(?P<nonce>[0-9a-f]{16})-(?P<seal>[0-9a-f]{20})--table-s3(?:/(?P<folder>[^/]+))?/?"
)
_METADATA = "metadata_location"


def catalog_id(bucket: str) -> str:
    """The catalog of a table bucket."""
    return f"{_PARENT}/{bucket}"


def table_bucket_of(catalog: str) -> str | None:
    """The table bucket that a catalog is, None where it is none."""
    parent, _, bucket = catalog.partition("/")
    return bucket if parent == _PARENT and bucket else None


def require_catalog(transaction: Transaction, catalog: str) -> None:
    """Raises EntityNotFoundException unless there is this catalog.

    An account's own is always there; within one there are table buckets.
    """
    bucket = table_bucket_of(catalog)
    if bucket is None:
        known = catalog == _PARENT or (":" not in catalog and "/" not in catalog)
    else:
        known = find_bucket(transaction, bucket) is not None
    if not known or (catalog.startswith(_PARENT) and not is_mounted(transaction)):
        raise EntityNotFoundException(f"Catalog {catalog} not found.")


def is_mounted(transaction: Transaction) -> bool:
    """Whether the account's table buckets are catalogs of Glue."""
    return transaction.one("SELECT 1 FROM catalogs WHERE name = ?", S3_TABLES) is not None


def find_bucket(transaction: Transaction, name: str) -> float | None:
    """When a table bucket was made, in seconds since the epoch; None where there is none of this name."""
    row = transaction.one("SELECT created FROM table_buckets WHERE name = ?", name)
    return None if row is None else row[0]


# -- databases -----------------------------------------------------------------------------------


def database_given(catalog: str, name: str, given: Answer) -> Answer:
    """What is kept of a DatabaseInput. Raises InvalidInputException for what no namespace can be."""
    if table_bucket_of(catalog) is None:
        if catalog == _PARENT:
            raise InvalidInputException(
                f"{S3_TABLES} has no databases: name one of its table buckets."
            )
        return given
    _check_name(name, "namespace")
    if given.get("LocationUri"):
        raise InvalidInputException(
            f"Database {name}: S3 Tables manages where its tables are; leave out the location."
        )
    return {key: value for key, value in given.items() if key != "FederatedDatabase"}


def database_added(catalog: str, name: str) -> Answer:
    """What a `Database` of Glue has more if it is a table bucket's namespace."""
    bucket = table_bucket_of(catalog)
    if bucket is None:
        return {}
    return {
        "LocationUri": f"s3://{_storage(catalog, name, secrets.token_hex(8))}",
        "FederatedDatabase": {
            "Identifier": table_bucket_arn(bucket),
            "ConnectionName": CONNECTION,
            "ConnectionType": CONNECTION,
        },
    }


def refuse_change(catalog: str, name: str) -> None:
    """Raises InvalidInputException if a database is a namespace, which cannot be altered."""
    if table_bucket_of(catalog) is not None:
        raise InvalidInputException(f"Namespace {name} of S3 Tables cannot be altered.")


def refuse_function(catalog: str) -> None:
    """Raises InvalidInputException for a catalog that has tables and nothing else."""
    if table_bucket_of(catalog) is not None:
        raise InvalidInputException("A table bucket has Iceberg tables, and no functions.")


# -- tables --------------------------------------------------------------------------------------


def table_given(
    catalog: str, database: str, name: str, given: Answer, before: Answer | None = None
) -> Answer:
    """What is kept of a TableInput; `before` is what was kept of the table that it replaces.

    Raises InvalidInputException for what S3 Tables does not take.
    """
    if table_bucket_of(catalog) is None:
        return given
    _check_name(name, "table")
    parameters = dict(given.get("Parameters", {}))
    _refuse_other_kinds(name, given, parameters)
    storage = dict(given.get("StorageDescriptor", {}))
    location = str(storage.get("Location") or "").rstrip("/")
    if before is not None:
        there = str(before["StorageDescriptor"]["Location"])
        if location not in ("", there):
            raise InvalidInputException(
                f"Table {name}: its location is {there} and cannot be changed."
            )
        location = there
    elif not location:
        location = f"s3://{_storage(catalog, database, secrets.token_hex(8))}"
    else:
        _check_location(catalog, database, name, location)
    for key in (_METADATA, "previous_metadata_location"):
        if key in parameters and not parameters[key].startswith(f"{location}/"):
            raise InvalidInputException(
                f"Table {name}: its metadata must be below {location}, not at {parameters[key]}."
            )
    parameters["table_type"] = "ICEBERG"
    storage["Location"] = location
    kept = {"StorageDescriptor": storage, "Parameters": parameters, "TableType": "customer"}
    return {**given, **kept}


def refuse_shared(transaction: Transaction, catalog: str, name: str, given: Answer) -> None:
    """Raises InvalidInputException where a new table would be in another one's storage.

    So clients rename where Glue has no call for it: a second table over the same files, then the first is dropped.
    """
    if table_bucket_of(catalog) is None:
        return
    location = given["StorageDescriptor"]["Location"]
    row = transaction.one(
        "SELECT t.name FROM tables t JOIN databases d ON d.id = t.database WHERE d.catalog = ? "
        "AND json_extract(t.given, '$.StorageDescriptor.Location') = ?",
        *(catalog, location),
    )
    if row is not None:
        raise InvalidInputException(
            f"Table {name}: {location} is that of table {row[0]}. A table of S3 Tables cannot be "
            "renamed through Glue: make a new one from it, and drop it."
        )


def table_added(catalog: str, database: str, given: Answer) -> Answer:
    """What a `Table` of Glue has more if it is a table bucket's."""
    bucket = table_bucket_of(catalog)
    if bucket is None:
        return {}
    return {
        "FederatedTable": {
            "Identifier": table_arn(bucket, given),
            "DatabaseIdentifier": database,
            "ConnectionName": CONNECTION,
            "ConnectionType": CONNECTION,
        }
    }


def table_arn(bucket: str, given: Answer) -> str:
    """The name of a table among AWS's resources."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, given["StorageDescriptor"]["Location"])
    return f"{table_bucket_arn(bucket)}/table/{number}"


def note_purge(transaction: Transaction, catalog: str, given: Answer) -> None:
    """Notes that what a dropped table leaves is to be removed, if it is a table bucket's."""
    if table_bucket_of(catalog) is not None:
        bucket = given["StorageDescriptor"]["Location"].removeprefix("s3://").partition("/")[0]
        transaction.run("INSERT OR IGNORE INTO purges (location) VALUES (?)", f"s3://{bucket}")


def note_unused(transaction: Transaction, buckets: Iterable[str]) -> None:
    """Notes that those of S3's own buckets are to be removed in which no table is."""
    rows = transaction.all(
        "SELECT json_extract(t.given, '$.StorageDescriptor.Location') FROM tables t "
        "JOIN databases d ON d.id = t.database WHERE substr(d.catalog, 1, ?) = ?",
        *(len(_PARENT), _PARENT),
    )
    used = {location.removeprefix("s3://").partition("/")[0] for (location,) in rows}
    transaction.run_each(
        "INSERT OR IGNORE INTO purges (location) VALUES (?)",
        [(f"s3://{bucket}",) for bucket in buckets if bucket not in used],
    )


def _check_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InvalidInputException(
            f"{name!r} is no name for a {what} of S3 Tables: lower-case letters, digits and underscores, "
            f"at most {_LONGEST_NAME}, the first one no underscore."
        )


def _refuse_other_kinds(name: str, given: Answer, parameters: dict[str, str]) -> None:
    if given.get("TableType") == "VIRTUAL_VIEW" or any(
        given.get(member) for member in ("ViewOriginalText", "ViewExpandedText", "ViewDefinition")
    ):
        raise InvalidInputException(
            f"View {name}: a table bucket has no views. Make it in the account's own catalog."
        )
    kinds = (parameters.get("table_type", ""), parameters.get("format", ""))
    if "iceberg" not in (kind.lower() for kind in kinds):
        raise InvalidInputException(
            f"Table {name}: a table bucket has Iceberg tables and no others "
            "(Parameters: table_type or format must be ICEBERG)."
        )


def _check_location(catalog: str, database: str, name: str, location: str) -> None:
    found = _STORAGE.fullmatch(location)
    if found is None or not location.startswith(
        f"s3://{_storage(catalog, database, found['nonce'])}"
    ):
        raise InvalidInputException(
            f"Table {name}: S3 Tables manages where a table is; leave out the location {location}."
        )


def _storage(catalog: str, database: str, nonce: str) -> str:
    """The bucket of S3's own for a table of a database; of one that somebody thought up the seal is wrong."""
    seal = hashlib.sha256(f"{catalog}/{database}/{nonce}".encode()).hexdigest()[:20]
    return f"{nonce}-{seal}{STORAGE_SUFFIX}"
