"""Apache Hudi: the rows of a query by Hudi's own operations, into a table that is there or into one made beside it.

Through SQL's INSERT, whose settings say which operation it is: Hudi's MERGE and its row writer give other
results for some types of keys and of tables.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from typing import TYPE_CHECKING, Any

from glue_session.answers import print_answer
from glue_session.held import settings_of_held
from glue_session.state import need_jvm, settings_kept, spark
from glue_session.texts import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_META = re.compile(r"_hoodie_(commit_time|commit_seqno|record_key|partition_path|file_name)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COPIES = "__dbt_copies"
_OLD_LISTS = "parquet.avro.write-old-list-structure"
_INTO = "hoodie.spark.sql.insert.into.operation"
_OVERWRITES = "hoodie.datasource.overwrite.mode"
_OPERATIONS = {
    "bulk_insert": ("INSERT INTO", {_INTO: "bulk_insert"}),
    "insert": ("INSERT INTO", {_INTO: "insert"}),
    "upsert": ("INSERT INTO", {_INTO: "upsert"}),
    "overwrite_partitions": ("INSERT OVERWRITE", {_OVERWRITES: "dynamic"}),
    "overwrite_table": ("INSERT OVERWRITE", {_OVERWRITES: "static"}),
}


def write_hudi(packed: str) -> None:
    """Writes the rows of a query, in one commit that readers see."""
    print_answer(packed, write)


def write(request: dict[str, Any]) -> dict[str, Any]:
    """Writes the rows of `select` by the `operation` into `table`, or makes the table `staged` of them.

    `table` is what is there, with its `location`; without `staged` the rows go there, else only where
    the table is as one made of them would be: answers with `staged`, whether the staged one was made. That is
    a `name`, a `location`, the `clauses` of CREATE TABLE and the `target`, (database, table), that it is to be.
    `shape` has `keys`, `partitions`, `type` and `precombine`; `settings` are Hudi's, for the time of the write.
    Raises ValueError where the table, or the rows, have not what the shape says.
    """
    select, shape, staged = request["select"], request["shape"], request["staged"]
    _write_nulls_in_lists()
    with settings_of_held(select), _settings(request["settings"]):
        fields = [f for f in spark().sql(select).schema.fields if not _is_hidden(f.name)]
        _check_names(fields, shape)
        table = request["table"]
        if table and staged is None:
            _check_shape(table, shape, request["operation"])
        if table and (staged is None or _is_alike(table, fields, shape)):
            _insert(select, fields, table["name"], request["operation"])
            made = False
        else:
            _make(select, _partitions_last(fields, shape["partitions"]), staged)
            made = True
    return {"rows": [], "next": None, "staged": made}


def _write_nulls_in_lists() -> None:
    """Has Parquet's writer for Avro, which Hudi's is, take lists with a null in them; what somebody else set stays."""
    need_jvm("a table in Hudi is written with settings of Hadoop")
    hadoop = spark()._jsc.hadoopConfiguration()
    if hadoop.get(_OLD_LISTS) is None:
        hadoop.set(_OLD_LISTS, "false")


def _is_hidden(name: str) -> bool:
    """Whether a column is none of the rows' own: Hudi's, in what `select *` of a Hudi table gives, or the check's."""
    return name == _COPIES or _META.fullmatch(name.lower()) is not None


@contextlib.contextmanager
def _settings(wanted: dict[str, str]) -> Iterator[None]:
    """Runs the block under settings, which are what they were afterwards."""
    with settings_kept(spark()):
        for name, value in wanted.items():
            spark().conf.set(name, value)
        yield


def _insert(select: str, fields: list[Any], table: str, operation: str) -> None:
    verb, settings = _OPERATIONS[operation]
    names = ", ".join(quote_name(field.name) for field in fields)
    with _settings(settings):
        spark().sql(f"{verb} {table} ({names}) SELECT {names} FROM (\n{select}\n)")  # noqa: S608 - the model's own query


def _make(select: str, fields: list[Any], staged: dict[str, Any]) -> None:
    """Makes a table beside its target, which from its next commit on is its target for Hudi's sync too."""
    columns = ", ".join(
        f"{quote_name(f.name)} {_stored(f.dataType).simpleString()}" for f in fields
    )
    spark().sql(f"CREATE TABLE {staged['name']} ({columns}) {staged['clauses']}")
    _insert(select, fields, staged["name"], "bulk_insert")
    _rename(staged["location"], *staged["target"])


def _partitions_last(fields: list[Any], partitions: list[str]) -> list[Any]:
    """The fields with those of the partitions at the end, in their order, without which Hudi refuses the table."""
    place = {name.lower(): number for number, name in enumerate(partitions, start=1)}
    return sorted(fields, key=lambda field: place.get(field.name.lower(), 0))


def _rename(location: str, database: str, table: str) -> None:
    """Writes another name into a table's own file: Hudi's sync finds by it what it changes in the Data Catalog.

    While a table is staged its target may be another one, which the sync must not touch.
    """
    properties = _properties(location)
    properties.setProperty("hoodie.database.name", database)
    properties.setProperty("hoodie.table.name", table)
    checksum = zlib.crc32(f"{database}.{table}".encode())
    properties.setProperty("hoodie.table.checksum", str(checksum))
    files, path = _properties_file(location)
    stream = files.create(path, True)
    try:
        properties.store(stream, "")
    finally:
        stream.close()


def _stored(kind: Any) -> Any:
    """A type as Hudi's tables have it: each part may be null, and the smallest numbers are `int`."""
    from pyspark.sql import types

    if isinstance(kind, types.StructType):
        inner = [types.StructField(f.name, _stored(f.dataType), nullable=True) for f in kind.fields]
        return types.StructType(inner)
    if isinstance(kind, types.ArrayType):
        return types.ArrayType(_stored(kind.elementType), containsNull=True)
    if isinstance(kind, types.MapType):
        return types.MapType(_stored(kind.keyType), _stored(kind.valueType), valueContainsNull=True)
    if isinstance(kind, (types.ByteType, types.ShortType)):
        return types.IntegerType()
    return types.StringType() if isinstance(kind, types.NullType) else kind


def _check_names(fields: list[Any], shape: dict[str, Any]) -> None:
    """Raises ValueError for columns that Hudi cannot have, and for configs that name none."""
    unfit = [name for field in fields for name in _names_in(field) if not _NAME.fullmatch(name)]
    if unfit:
        raise ValueError(
            f"{', '.join(unfit)}: the name of a column of a Hudi table is one of Avro's, of letters from A to Z, digits "
            "and `_`, and begins with no digit; give it such a name"
        )
    there = {field.name.lower() for field in fields}
    for config in ("keys", "partitions"):
        absent = [name for name in shape[config] if name.lower() not in there]
        if absent:
            said = {"keys": "unique_key", "partitions": "partition_by"}[config]
            raise ValueError(
                f"{said} names {', '.join(absent)}, but the columns are {', '.join(sorted(there))}: "
                "a Hudi table has columns for that, no expressions"
            )


def _names_in(field: Any) -> list[str]:
    """The name of a field and of those in its type."""
    found, kinds = [field.name], [field.dataType.jsonValue()]
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, dict):
            inner = kind.get("fields", ())
            found += [each["name"] for each in inner]
            kinds += [each["type"] for each in inner]
            kinds += [
                kind[part] for part in ("elementType", "keyType", "valueType") if part in kind
            ]
    return found


def _check_shape(table: dict[str, Any], shape: dict[str, Any], operation: str) -> None:
    """Raises ValueError where a table has another record key, or is of another type, than a model says."""
    there = _shape_of(table["location"])
    if shape["keys"] and operation == "upsert" and there["keys"] != _lower(shape["keys"]):
        said = ", ".join(there["keys"]) or "none"
        raise ValueError(
            f"the record key of {table['name']} is {said}, and unique_key is {', '.join(shape['keys'])}: "
            "Hudi finds rows by its record key alone; run with --full-refresh to change it"
        )
    for part in ("type", "precombine"):
        if shape[part] and there[part] != shape[part]:
            raise ValueError(
                f"{table['name']} has {there[part] or 'nothing'} where hudi_options has {shape[part]}: "
                "run with --full-refresh to change it"
            )


def _is_alike(table: dict[str, Any], fields: list[Any], shape: dict[str, Any]) -> bool:
    """Whether a table is as one made of rows with these fields would be."""
    wanted = {
        "keys": _lower(shape["keys"]),
        "partitions": _lower(shape["partitions"]),
        "type": shape["type"] or "COPY_ON_WRITE",
        "precombine": shape["precombine"],
    }
    there = [f for f in spark().table(table["name"]).schema.fields if not _is_hidden(f.name)]
    return (
        _shape_of(table["location"]) == wanted
        and all(field.nullable for field in there)
        and {f.name.lower(): f.dataType.simpleString().lower() for f in there}
        == {f.name.lower(): _stored(f.dataType).simpleString().lower() for f in fields}
    )


def _shape_of(location: str) -> dict[str, Any]:
    """What Hudi's own file says of the table at a location."""
    properties = _properties(location)

    def names(key: str) -> list[str]:
        # A partition field may have its kind behind a colon.
        text = properties.getProperty(key) or ""
        return _lower([name.partition(":")[0] for name in text.split(",") if name])

    return {
        "keys": names("hoodie.table.recordkey.fields"),
        "partitions": names("hoodie.table.partition.fields"),
        "type": properties.getProperty("hoodie.table.type"),
        "precombine": properties.getProperty("hoodie.table.precombine.field"),
    }


def _properties(location: str) -> Any:
    """A table's own properties (java.util.Properties)."""
    files, path = _properties_file(location)
    properties = spark()._jvm.java.util.Properties()
    stream = files.open(path)
    try:
        properties.load(stream)
    finally:
        stream.close()
    return properties


def _properties_file(location: str) -> tuple[Any, Any]:
    """Hadoop's file system and path of a table's own properties."""
    need_jvm("Hudi's own file of a table is read")
    session = spark()
    path = session._jvm.org.apache.hadoop.fs.Path(location, ".hoodie/hoodie.properties")
    return path.getFileSystem(session._jsc.hadoopConfiguration()), path


def _lower(names: list[str]) -> list[str]:
    return [name.strip().lower() for name in names]
