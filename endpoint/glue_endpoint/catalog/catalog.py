"""The Data Catalog: Glue's operations on what a client gave, each in one transaction of the store.

What a client gives is what it gets back, with what Glue itself adds. Nothing here needs a JVM. No data is
read, and none is removed but that of tables of table buckets, after they were dropped.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from glue_endpoint.api.quotas import SESSION, asking
from glue_endpoint.api.wire import find_operation, parse_request
from glue_endpoint.catalog.catalogs import CATALOG_READS, CATALOG_WRITES
from glue_endpoint.catalog.connections import CONNECTION_READS, CONNECTION_WRITES
from glue_endpoint.catalog.databases import DATABASE_READS, DATABASE_WRITES
from glue_endpoint.catalog.functions import FUNCTION_READS, FUNCTION_WRITES
from glue_endpoint.catalog.partition_indexes import INDEX_READS, INDEX_WRITES
from glue_endpoint.catalog.partitions import PARTITION_READS, PARTITION_WRITES
from glue_endpoint.catalog.search import search_tables
from glue_endpoint.catalog.statistics import STATISTICS_READS, STATISTICS_WRITES
from glue_endpoint.catalog.table_buckets import note_unused
from glue_endpoint.catalog.tables import TABLE_READS, TABLE_WRITES
from glue_endpoint.catalog.unfiltered import UNFILTERED_READS
from glue_endpoint.catalog.unpleasant import Unpleasant
from glue_endpoint.catalog.versions import VERSION_READS, VERSION_WRITES
from glue_endpoint.fidelity import PLEASANT, Fidelity
from glue_endpoint.store.late_reads import LateReads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from glue_endpoint.api.operations import Answer, Operation, Request
    from glue_endpoint.store.store import Store, Transaction

    Handler = Callable[[Transaction, Request], Answer]

_READS: Mapping[str, Handler] = {
    **CATALOG_READS,
    **DATABASE_READS,
    **TABLE_READS,
    **VERSION_READS,
    **PARTITION_READS,
    **INDEX_READS,
    **STATISTICS_READS,
    **FUNCTION_READS,
    **CONNECTION_READS,
    **UNFILTERED_READS,
    "SearchTables": search_tables,
}
_WRITES: Mapping[str, Handler] = {
    **CATALOG_WRITES,
    **DATABASE_WRITES,
    **TABLE_WRITES,
    **VERSION_WRITES,
    **PARTITION_WRITES,
    **INDEX_WRITES,
    **STATISTICS_WRITES,
    **FUNCTION_WRITES,
    **CONNECTION_WRITES,
}


_PURGING = ("BatchDeleteTable", "DeleteTable")
"""After these there may be data to remove."""


class Catalog:
    """The catalog operations of Glue over a store; `remove` removes all that is at a location."""

    def __init__(
        self,
        store: Store,
        remove: Callable[[str], None] | None = None,
        fidelity: Fidelity = PLEASANT,
    ) -> None:
        self._store = store
        self._remove = remove
        stale = fidelity.stale
        self._late = LateReads(store, stale) if stale is not None else None
        as_aws = Unpleasant(store, fidelity)
        writes = {name: as_aws.write(name, handler) for name, handler in _WRITES.items()}
        reads = {name: as_aws.read(name, handler) for name, handler in _READS.items()}
        self._operations = {
            **{name: self._reading(handler) for name, handler in reads.items()},
            **{name: self._writing(handler) for name, handler in writes.items()},
            **{name: self._purging(writes[name]) for name in _PURGING},
        }

    def operations(self) -> Mapping[str, Operation]:
        """The functions by the name of their operation."""
        return self._operations

    def call(self, name: str, request: Request) -> Answer:
        """One operation for a caller in this process: its request is held to botocore's model, too."""
        model = find_operation("glue", name)
        assert model is not None, name  # noqa: S101 - the caller's own text
        return self._operations[name](parse_request(model.input_shape, request))

    def purge(self, doubtful: Sequence[str] = ()) -> None:
        """Removes what dropped tables of table buckets have left; of the buckets of `doubtful` those without a table."""
        if self._remove is None:
            return
        if doubtful:
            self._store.write(lambda transaction: note_unused(transaction, doubtful))
        for (location,) in self._store.read(lambda t: t.all("SELECT location FROM purges")):
            self._remove(location)
            self._store.write(partial(_forget, location))

    def close(self) -> None:
        """Closes what it keeps open beside the store, which is the caller's."""
        if self._late is not None:
            self._late.close()

    def _reading(self, handler: Handler) -> Operation:
        def work(request: Request) -> Answer:
            if self._late is not None and asking.get() != SESSION:
                return self._late.read(asking.get(), lambda t: handler(t, request))
            return self._store.read(lambda transaction: handler(transaction, request))

        return work

    def _writing(self, handler: Handler) -> Operation:
        def work(request: Request) -> Answer:
            answer = self._store.write(lambda transaction: handler(transaction, request))
            if self._late is not None:
                self._late.wrote(asking.get())
            return answer

        return work

    def _purging(self, handler: Handler) -> Operation:
        write = self._writing(handler)

        def work(request: Request) -> Answer:
            answer = write(request)
            self.purge()
            return answer

        return work


def _forget(location: str, transaction: Transaction) -> None:
    transaction.run("DELETE FROM purges WHERE location = ?", location)
