"""What the catalog asks of whatever keeps its databases, tables and partitions: the seam of a store.

Structures are Glue's own, as botocore's model shapes them: `Database`, `Table` and `Partition` come
out, `DatabaseInput`, `TableInput` and `PartitionInput` go in. Names go in lower case. A store keeps
and finds; what Glue allows, and which error it raises, is the catalog's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Struct = dict[str, Any]
_T = TypeVar("_T")


class Transactions(Protocol):
    """A store as a whole: the way to a view of it that is consistent."""

    def run(self, work: Callable[[Store], _T]) -> _T:
        """`work(store)` in one transaction: committed if it returns, rolled back if it raises.

        Work may be tried again where two writers met. Raises what work raises, InvalidInputException
        for what cannot be stored, and InternalServiceException if the store fails or is not there.
        """


class Store(Protocol):
    """The databases, tables and partitions, as one transaction sees and changes them."""

    def database_names(self) -> list[str]:
        """All databases, sorted."""

    def database(self, name: str) -> Struct | None:
        """A database, or None."""

    def create_database(self, given: Struct) -> None:
        """Adds a database that does not exist yet."""

    def replace_database(self, name: str, given: Struct) -> None:
        """Replaces a database's description, location and parameters."""

    def drop_database(self, name: str) -> None:
        """Removes a database and the metadata of all its tables."""

    def table_names(self, database: str) -> list[str]:
        """All tables and views of a database, sorted."""

    def tables(self, database: str, names: list[str]) -> list[Struct]:
        """The tables of these names, in that order; what is gone meanwhile is left out."""

    def table(self, database: str, name: str) -> Struct | None:
        """A table or view, or None. Its `VersionId` changes whenever the table does."""

    def create_table(self, database: str, given: Struct) -> None:
        """Adds a table or view that does not exist yet."""

    def replace_table(self, previous: Struct, given: Struct) -> None:
        """Replaces all metadata of the table `previous`; its age and its partitions stay."""

    def drop_table(self, database: str, name: str) -> None:
        """Removes the metadata of a table and of its partitions. Data stays where it is."""

    def partitions(self, database: str, table: str) -> Mapping[tuple[str, ...], Struct]:
        """All partitions of a table by their values, as they are now."""

    def add_partitions(self, database: str, table: str, given: Iterable[Struct]) -> None:
        """Adds partitions that do not exist yet; one without a storage descriptor gets the table's."""

    def replace_partition(self, previous: Struct, given: Struct) -> None:
        """Replaces all metadata of the partition `previous`, its values included; its age stays."""

    def drop_partition(self, database: str, table: str, values: list[str]) -> None:
        """Removes the metadata of one partition."""

    def drop_all_partitions(self, database: str, table: str) -> None:
        """Removes the metadata of all partitions of a table."""
