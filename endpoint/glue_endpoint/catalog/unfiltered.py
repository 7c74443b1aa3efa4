"""What engines that filter by Lake Formation's permissions ask: here all of it is allowed, to everybody.

Source: AWS Glue's API reference, "GetUnfilteredTableMetadata" and its two neighbours. One user owns
the warehouse, so every column is authorised and no row or cell is filtered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.catalog.partitions import get_partition, get_partitions
from glue_endpoint.catalog.tables import find_table

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction


def get_unfiltered_table(transaction: Transaction, request: Request) -> Answer:
    """GetUnfilteredTableMetadata."""
    return {
        "Table": find_table(transaction, request, "Name").shape,
        "AuthorizedColumns": _columns(transaction, {**request, "TableName": request["Name"]}),
        "IsRegisteredWithLakeFormation": False,
        "CellFilters": [],
    }


def get_unfiltered_partition(transaction: Transaction, request: Request) -> Answer:
    """GetUnfilteredPartitionMetadata."""
    return {
        **get_partition(transaction, request),
        "AuthorizedColumns": _columns(transaction, request),
        "IsRegisteredWithLakeFormation": False,
    }


def get_unfiltered_partitions(transaction: Transaction, request: Request) -> Answer:
    """GetUnfilteredPartitionsMetadata."""
    page, columns = get_partitions(transaction, request), _columns(transaction, request)
    found = [
        {
            "Partition": partition,
            "AuthorizedColumns": columns,
            "IsRegisteredWithLakeFormation": False,
        }
        for partition in page["Partitions"]
    ]
    return {"UnfilteredPartitions": found, "NextToken": page["NextToken"]}


def _columns(transaction: Transaction, request: Request) -> list[str]:
    return [column["Name"] for column in find_table(transaction, request).columns]


UNFILTERED_READS = {
    "GetUnfilteredPartitionMetadata": get_unfiltered_partition,
    "GetUnfilteredPartitionsMetadata": get_unfiltered_partitions,
    "GetUnfilteredTableMetadata": get_unfiltered_table,
}
