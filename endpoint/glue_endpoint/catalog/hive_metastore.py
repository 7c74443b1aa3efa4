"""The catalog's store in the Hive metastore inside the JVM: what Spark writes, we see.

Glue's Data Catalog is a store of metadata and never touches data. A metastore client would: it makes
folders, refuses "incompatible" columns and moves files. So this talks to `ObjectStore`, the class
behind every such client, in the JVM where Spark's own client lives (Derby allows no second process),
with its transactions. Structures cross in one py4j call each, as Thrift's JSON.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from glue_endpoint.catalog.hive_shapes import (
    glue_database,
    glue_partition,
    glue_table,
    hive_database,
    hive_partition,
    hive_table,
    seconds_of,
)
from glue_endpoint.errors import InternalServiceException, InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.catalog.store import Store, Struct
    from glue_endpoint.spark.host import SparkHost

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_DEADLINE_MS = 60_000
_ATTEMPTS = 3
_MODEL = "org.apache.hadoop.hive.metastore.model"

# Field ids and types of hive_metastore.thrift (Hive 2.3), as far as Glue has them too. A nested
# structure is named by its own table; `[x]` is a list of x.
_STRUCTS: dict[str, dict[str, tuple[int, str]]] = {
    "Database": {
        "name": (1, "str"),
        "description": (2, "str"),
        "locationUri": (3, "str"),
        "parameters": (4, "map"),
        "ownerName": (6, "str"),
        "ownerType": (7, "i32"),
    },
    "Table": {
        "tableName": (1, "str"),
        "dbName": (2, "str"),
        "owner": (3, "str"),
        "createTime": (4, "i32"),
        "lastAccessTime": (5, "i32"),
        "retention": (6, "i32"),
        "sd": (7, "StorageDescriptor"),
        "partitionKeys": (8, "[FieldSchema]"),
        "parameters": (9, "map"),
        "viewOriginalText": (10, "str"),
        "viewExpandedText": (11, "str"),
        "tableType": (12, "str"),
    },
    "Partition": {
        "values": (1, "[str]"),
        "dbName": (2, "str"),
        "tableName": (3, "str"),
        "createTime": (4, "i32"),
        "lastAccessTime": (5, "i32"),
        "sd": (6, "StorageDescriptor"),
        "parameters": (7, "map"),
    },
    "StorageDescriptor": {
        "cols": (1, "[FieldSchema]"),
        "location": (2, "str"),
        "inputFormat": (3, "str"),
        "outputFormat": (4, "str"),
        "compressed": (5, "tf"),
        "numBuckets": (6, "i32"),
        "serdeInfo": (7, "SerDeInfo"),
        "bucketCols": (8, "[str]"),
        "sortCols": (9, "[Order]"),
        "parameters": (10, "map"),
        "storedAsSubDirectories": (12, "tf"),
    },
    "SerDeInfo": {"name": (1, "str"), "serializationLib": (2, "str"), "parameters": (3, "map")},
    "FieldSchema": {"name": (1, "str"), "type": (2, "str"), "comment": (3, "str")},
    "Order": {"col": (1, "str"), "order": (2, "i32")},
    "PartitionListComposingSpec": {"partitions": (1, "[Partition]")},
}


class HiveMetastore:
    """Runs functions in transactions on the metastore, one after the other.

    `host` is called when the first request comes and returns the running Spark host; it may wait for
    it, and raises what the caller is to see if there is none.
    """

    def __init__(self, host: Callable[[], SparkHost], buckets: Buckets) -> None:
        self._host = host
        self._buckets = buckets
        # ObjectStore belongs to one thread, in Python (py4j pins them) as in Java.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metastore")
        self._store: HiveStore | None = None

    def run(self, work: Callable[[Store], _T]) -> _T:
        """`work(store)` in one transaction: committed if it returns, rolled back if it raises."""
        host = self._host()
        return self._thread.submit(self._attempt, host, work).result()

    def _attempt(self, host: SparkHost, work: Callable[[Store], _T]) -> _T:
        from py4j.protocol import Py4JError, Py4JJavaError

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if self._store is None:
                    self._store = HiveStore(host, self._buckets)
                return self._store.transact(work)
            except Py4JJavaError as error:  # noqa: PERF203 - retrying is the point
                java = error.java_exception
                kind, text = str(java.getClass().getName()), str(java.getMessage())
                logger.warning("the metastore refused: %s: %s", kind, text)
                if kind.endswith(("InvalidObjectException", "InvalidInputException")):
                    raise InvalidInputException(text) from error
                if attempt == _ATTEMPTS or not kind.startswith(("javax.jdo", "org.datanucleus")):
                    raise InternalServiceException(f"The metastore failed: {text}") from error
                self._store = None  # two writers met in Derby; one of them tries again
            except (Py4JError, OSError) as error:
                self._store = None
                raise InternalServiceException(
                    f"Spark's JVM does not answer; its sessions and the catalog are gone: {error}"
                ) from error
        raise AssertionError("unreachable: the last attempt returns or raises")


class HiveStore:
    """The metastore's tables inside a transaction, in Glue's shapes."""

    def __init__(self, host: SparkHost, buckets: Buckets) -> None:
        self._buckets = buckets
        jvm = host.gateway.jvm
        self._jvm = jvm
        self._api = jvm.org.apache.hadoop.hive.metastore.api
        client = host.session.sharedState().externalCatalog().unwrapped().client()
        conf = client.conf()
        self._warehouse = str(host.session.conf().get("spark.sql.warehouse.dir"))
        # The same settings as Spark's client: others would make Hive close its connection pool.
        self._store = jvm.org.apache.hadoop.hive.metastore.ObjectStore()
        self._store.setConf(conf)
        self._deadline = jvm.org.apache.hadoop.hive.metastore.Deadline
        protocol = jvm.org.apache.thrift.protocol
        self._writer = jvm.org.apache.thrift.TSerializer(
            getattr(protocol, "TSimpleJSONProtocol$Factory")()
        )
        self._reader = jvm.org.apache.thrift.TDeserializer(
            getattr(protocol, "TJSONProtocol$Factory")()
        )

    def transact(self, work: Callable[[Store], _T]) -> _T:
        """Runs `work` between begin and commit."""
        # Hive measures the time of every storage call, and fails where nobody started the clock.
        self._deadline.registerIfNot(_DEADLINE_MS)
        self._deadline.startTimer("glue")
        self._store.openTransaction()
        done = False
        try:
            result = work(self)
            done = bool(self._store.commitTransaction())
        finally:
            if not done:
                self._store.rollbackTransaction()
            self._deadline.stopTimer()
        if not done:
            raise InternalServiceException("The metastore did not commit the change.")
        return result

    def database_names(self) -> list[str]:
        """All databases, sorted."""
        return sorted(self._store.getAllDatabases())

    def database(self, name: str) -> Struct | None:
        """A database, or None."""
        if name not in self._store.getAllDatabases():
            return None
        return glue_database(self._load(self._store.getDatabase(name)), self._buckets)

    def create_database(self, given: Struct) -> None:
        """Adds a database."""
        self._store.createDatabase(self._build("Database", hive_database(given, self._warehouse)))

    def replace_database(self, name: str, given: Struct) -> None:
        """Replaces a database's description, location and parameters."""
        database = hive_database(given, self._warehouse)
        self._store.alterDatabase(name, self._build("Database", database))
        # Hive's own call leaves the first two as they are: set them on its row, in its transaction.
        query = self._persistence_manager().newQuery(
            self._jvm.java.lang.Class.forName(f"{_MODEL}.MDatabase"), "name == wanted"
        )
        query.declareParameters("java.lang.String wanted")
        query.setUnique(True)
        row = query.execute(name)
        row.setDescription(database["description"])
        row.setLocationUri(database["locationUri"])

    def _persistence_manager(self) -> Any:
        # The public getter would open another one, with a transaction of its own.
        field = self._store.getClass().getDeclaredField("pm")
        field.setAccessible(True)
        return field.get(self._store)

    def drop_database(self, name: str) -> None:
        """Removes a database and the metadata of all its tables."""
        for table in self.table_names(name):
            self.drop_table(name, table)
        self._store.dropDatabase(name)

    def table_names(self, database: str) -> list[str]:
        """All tables and views of a database, sorted."""
        return sorted(self._store.getAllTables(database))

    def tables(self, database: str, names: list[str]) -> list[Struct]:
        """The tables of these names, in that order; what is gone meanwhile is left out."""
        if not names:
            return []
        found = self._store.getTableObjectsByName(database, self._list(names))
        loaded = self._load(self._api.GetTablesResult(found)).get("tables", [])
        by_name = {table["tableName"]: table for table in loaded}
        return [glue_table(by_name[name], self._buckets) for name in names if name in by_name]

    def table(self, database: str, name: str) -> Struct | None:
        """A table or view, or None."""
        found = self._store.getTable(database, name)
        return None if found is None else glue_table(self._load(found), self._buckets)

    def create_table(self, database: str, given: Struct) -> None:
        """Adds a table or view."""
        self._store.createTable(self._build("Table", hive_table(database, given)))

    def replace_table(self, previous: Struct, given: Struct) -> None:
        """Replaces all of a table's metadata; its partitions stay."""
        database, name = previous["DatabaseName"], previous["Name"]
        table = hive_table(database, given, previous)
        self._store.alterTable(database, name, self._build("Table", table))

    def drop_table(self, database: str, name: str) -> None:
        """Removes the metadata of a table and of its partitions. Data stays where it is."""
        self.drop_all_partitions(database, name)
        self._store.dropTable(database, name)

    def partitions(self, database: str, table: str) -> Mapping[tuple[str, ...], Struct]:
        """All partitions of a table by their values."""
        found = self._store.getPartitions(database, table, -1)
        spec = self._api.PartitionListComposingSpec(found)
        return _Partitions(self._load(spec).get("partitions", []), self._buckets)

    def add_partitions(self, database: str, table: str, given: Iterable[Struct]) -> None:
        """Adds partitions that do not exist yet."""
        storage = cache(lambda: self._table_storage(database, table))
        partitions = [hive_partition(database, table, each, storage) for each in given]
        if partitions:
            spec = self._build("PartitionListComposingSpec", {"partitions": partitions})
            self._store.addPartitions(database, table, spec.getPartitions())

    def replace_partition(self, previous: Struct, given: Struct) -> None:
        """Replaces the metadata of one partition, its values included."""
        database, table = previous["DatabaseName"], previous["TableName"]
        partition = hive_partition(
            database, table, given, lambda: self._table_storage(database, table)
        )
        partition["createTime"] = seconds_of(previous["CreationTime"])
        new = self._build("Partition", partition)
        self._store.alterPartition(database, table, self._list(previous["Values"]), new)

    def drop_partition(self, database: str, table: str, values: list[str]) -> None:
        """Removes the metadata of one partition."""
        self._store.dropPartition(database, table, self._list(values))

    def drop_all_partitions(self, database: str, table: str) -> None:
        """Removes the metadata of all partitions."""
        names = self._store.listPartitionNames(database, table, -1)
        if not names.isEmpty():
            self._store.dropPartitions(database, table, names)

    def _table_storage(self, database: str, table: str) -> Struct:
        storage: Struct = self._load(self._store.getTable(database, table))["sd"]
        return storage

    def _list(self, items: Iterable[str]) -> Any:
        result = self._jvm.java.util.ArrayList()
        for item in items:
            result.add(item)
        return result

    def _load(self, struct: Any) -> Struct:
        loaded: Struct = json.loads(self._writer.toString(struct))
        return loaded

    def _build(self, name: str, value: Struct) -> Any:
        struct = getattr(self._api, name)()
        self._reader.deserialize(
            struct, json.dumps(_encode(name, value), separators=(",", ":")), "UTF-8"
        )
        return struct


class _Partitions(Mapping[tuple[str, ...], "Struct"]):
    """Partitions that take Glue's shape when they are looked at: of most, only the values are."""

    def __init__(self, loaded: list[Struct], buckets: Buckets) -> None:
        self._loaded = {tuple(partition["values"]): partition for partition in loaded}
        self._buckets = buckets

    def __getitem__(self, values: tuple[str, ...]) -> Struct:
        return glue_partition(self._loaded[values], self._buckets)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


def _encode(name: str, value: Struct) -> dict[str, Any]:
    """A structure as TJSONProtocol writes it: field ids for names, and a type beside every value."""
    fields = _STRUCTS[name]
    return {
        str(number): _encode_value(kind, value[field])
        for field, (number, kind) in fields.items()
        if value.get(field) is not None
    }


def _encode_value(kind: str, value: Any) -> dict[str, Any]:
    if kind.startswith("["):
        item = kind[1:-1]
        if item in _STRUCTS:
            return {"lst": ["rec", len(value), *(_encode(item, each) for each in value)]}
        return {"lst": [item, len(value), *value]}
    if kind == "map":
        return {"map": ["str", "str", len(value), value]}
    if kind in _STRUCTS:
        return {"rec": _encode(kind, value)}
    return {kind: int(value) if kind == "tf" else value}
