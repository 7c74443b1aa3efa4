"""Column statistics of tables and partitions, as clients give them: nothing here computes any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.names import fold
from glue_endpoint.catalog.partitions import find_partition
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction


@dataclass(frozen=True)
class _Owner:
    """Whose statistics they are: a row of `tables` or of `partitions`, and the columns that it has."""

    where: str
    column: str
    row: int
    columns: frozenset[str]

    def given(self, transaction: Transaction, column: str) -> str:
        """What is known of a column. Raises EntityNotFoundException."""
        row = transaction.one(
            f"SELECT given FROM {self.where} WHERE {self.column} = ? AND column_name = ?",  # noqa: S608
            *(self.row, fold(column)),
        )
        if row is None:
            raise EntityNotFoundException(f"There are no statistics of the column {column}.")
        given: str = row[0]
        return given

    def put(self, transaction: Transaction, statistics: Answer) -> None:
        """Replaces what is known of a column. Raises InvalidInputException for one that is not there."""
        name = fold(statistics["ColumnName"])
        if name not in self.columns:
            raise InvalidInputException(f"The column {statistics['ColumnName']} does not exist.")
        transaction.run(
            f"INSERT OR REPLACE INTO {self.where} ({self.column}, column_name, given) "  # noqa: S608
            "VALUES (?, ?, ?)",
            *(self.row, name, encode(statistics)),
        )

    def drop(self, transaction: Transaction, column: str) -> None:
        """Forgets what is known of a column. Raises EntityNotFoundException."""
        self.given(transaction, column)
        transaction.run(
            f"DELETE FROM {self.where} WHERE {self.column} = ? AND column_name = ?",  # noqa: S608
            *(self.row, fold(column)),
        )


def _owner(transaction: Transaction, request: Request) -> _Owner:
    table = find_table(transaction, request)
    columns = frozenset(fold(column["Name"]) for column in table.columns)
    if "PartitionValues" not in request:
        return _Owner("table_statistics", "table_id", table.row, columns)
    partition = find_partition(transaction, table, request["PartitionValues"])
    return _Owner("partition_statistics", "partition_id", partition.row, columns)


def get_statistics(transaction: Transaction, request: Request) -> Answer:
    """GetColumnStatisticsForTable and -Partition; an error for each column of which none are known."""
    owner = _owner(transaction, request)
    found: list[Answer] = []
    errors = failures(
        request["ColumnNames"],
        lambda column: found.append(decode(owner.given(transaction, column))),
        lambda column: {"ColumnName": column},
        "Error",
    )
    return {"ColumnStatisticsList": found, "Errors": errors}


def update_statistics(transaction: Transaction, request: Request) -> Answer:
    """UpdateColumnStatisticsForTable and -Partition."""
    owner = _owner(transaction, request)
    errors = failures(
        request["ColumnStatisticsList"],
        lambda statistics: owner.put(transaction, statistics),
        lambda statistics: {"ColumnStatistics": statistics},
        "Error",
    )
    return {"Errors": errors}


def delete_statistics(transaction: Transaction, request: Request) -> Answer:
    """DeleteColumnStatisticsForTable and -Partition."""
    _owner(transaction, request).drop(transaction, request["ColumnName"])
    return {}


STATISTICS_READS = {
    "GetColumnStatisticsForPartition": get_statistics,
    "GetColumnStatisticsForTable": get_statistics,
}
STATISTICS_WRITES = {
    "DeleteColumnStatisticsForPartition": delete_statistics,
    "DeleteColumnStatisticsForTable": delete_statistics,
    "UpdateColumnStatisticsForPartition": update_statistics,
    "UpdateColumnStatisticsForTable": update_statistics,
}
