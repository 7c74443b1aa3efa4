"""Partition indexes: kept and listed, so that clients that make and look for them work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.names import fold
from glue_endpoint.catalog.tables import add_index, find_table
from glue_endpoint.errors import EntityNotFoundException
from glue_endpoint.store.store import decode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction


def create_index(transaction: Transaction, request: Request) -> Answer:
    """CreatePartitionIndex."""
    add_index(transaction, find_table(transaction, request), request["PartitionIndex"])
    return {}


def get_indexes(transaction: Transaction, request: Request) -> Answer:
    """GetPartitionIndexes. What was made is ACTIVE at once."""
    table, size = find_table(transaction, request), page_size(request)
    types = {fold(key["Name"]): key.get("Type", "string") for key in table.partition_keys}
    rows = transaction.all(
        "SELECT name, given FROM partition_indexes WHERE table_id = ? AND name > ? "
        "ORDER BY name LIMIT ?",
        *(table.row, page_start(request), size + 1),
    )
    found = [
        {
            "IndexName": name,
            "Keys": [
                # A key may have gone since: UpdateTable replaces a table's keys.
                {"Name": key, "Type": types.get(fold(key), "string")}
                for key in decode(keys)
            ],
            "IndexStatus": "ACTIVE",
        }
        for name, keys in rows[:size]
    ]
    return {"PartitionIndexDescriptorList": found, "NextToken": next_token(rows, size)}


def delete_index(transaction: Transaction, request: Request) -> Answer:
    """DeletePartitionIndex."""
    table, name = find_table(transaction, request), request["IndexName"]
    gone = transaction.run(
        "DELETE FROM partition_indexes WHERE table_id = ? AND name = ?", table.row, name
    )
    if not gone:
        raise EntityNotFoundException(f"Index with the given indexName: {name} does not exist.")
    return {}


INDEX_READS = {"GetPartitionIndexes": get_indexes}
INDEX_WRITES = {"CreatePartitionIndex": create_index, "DeletePartitionIndex": delete_index}
