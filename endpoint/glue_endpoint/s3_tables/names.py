"""How requests name table buckets, by ARN, and what of them the catalog knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.account import table_bucket_arn
from glue_endpoint.catalog.table_buckets import catalog_id, find_bucket
from glue_endpoint.errors import EntityNotFoundException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Row, Transaction


def bucket_in(transaction: Transaction, request: Request) -> str:
    """The name of the table bucket of a request's `tableBucketARN`. Raises EntityNotFoundException."""
    arn = request["tableBucketARN"]
    name: str = arn.rpartition("/")[2]
    if arn != table_bucket_arn(name) or find_bucket(transaction, name) is None:
        raise EntityNotFoundException(f"The specified table bucket does not exist: {arn}.")
    return name


def glue_request(bucket: str, namespace: str, name: str | None = None) -> Request:
    """What Glue's operations are asked for a namespace, or for a table in it."""
    request: Request = {"CatalogId": catalog_id(bucket), "DatabaseName": namespace}
    return request if name is None else {**request, "TableName": name, "Name": name}


def page(
    found: Sequence[Row], request: Request, limit: str, shaped: str, shapes: Sequence[Answer]
) -> Answer:
    """A page of rows whose first column is the key: as many as `limit` says, in the member `shaped`."""
    size = int(request.get(limit) or 1000)
    more = len(found) > size
    return {shaped: list(shapes[:size]), "continuationToken": found[size - 1][0] if more else None}
