"""What a model leaves in the session it shares: temporary views, temporary functions, cached frames. All go."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any

from glue_session.state import reaches_jvm
from glue_session.texts import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_CACHING = ("cache", "persist")


@contextlib.contextmanager
def leftovers_removed(spark: Any) -> Iterator[list[Any]]:
    """Runs the block; then drops its temporary views and functions and releases what it cached.

    Views and functions that were there before stay. Spark keeps one cache for all sessions of a
    driver, so only frames on which the block itself called cache() or persist() are released: those
    of the list that the block gets, which it may empty.
    """
    if not reaches_jvm():
        with _by_name(spark) as cached:
            yield cached
        return
    catalog = spark._jsparkSession.sessionState().catalog()
    functions = spark._jsparkSession.sessionState().functionRegistry()
    views_before = catalog.listLocalTempViews("*")
    functions_before = functions.listFunction()
    with _recorded_caches() as cached:
        try:
            yield cached
        finally:
            for name in _each(catalog.listLocalTempViews("*").diff(views_before)):
                spark.catalog.dropTempView(name.table())
            for name in _each(functions.listFunction().diff(functions_before)):
                # Functions of a database are loaded when they are first used: not the model's.
                if name.database().isEmpty():
                    functions.dropFunction(name)
            for frame in cached:
                frame.unpersist()


@contextlib.contextmanager
def _by_name(spark: Any) -> Iterator[list[Any]]:
    """The same by SQL, where Python does not reach the JVM."""
    before = _temporary(spark)
    with _recorded_caches() as cached:
        try:
            yield cached
        finally:
            for kind, name in _temporary(spark) - before:
                if kind == "VIEW":
                    spark.catalog.dropTempView(name)
                else:
                    spark.sql(f"DROP TEMPORARY FUNCTION IF EXISTS {quote_name(name)}")
            for frame in cached:
                frame.unpersist()


def _temporary(spark: Any) -> set[tuple[str, str]]:
    views = spark.sql("SHOW VIEWS").where("isTemporary").collect()
    functions = spark.sql("SHOW USER FUNCTIONS").collect()  # those of databases have dots
    names = {("FUNCTION", row["function"]) for row in functions if "." not in row["function"]}
    return {("VIEW", row["viewName"]) for row in views} | names


@contextlib.contextmanager
def _recorded_caches() -> Iterator[list[Any]]:
    """The DataFrames and RDDs on which the block calls cache() or persist()."""
    from pyspark import RDD
    from pyspark.sql import DataFrame

    cached: list[Any] = []
    originals = [(kind, name, vars(kind)[name]) for kind in (DataFrame, RDD) for name in _CACHING]
    for kind, name, original in originals:
        setattr(kind, name, _recording(original, cached))
    try:
        yield cached
    finally:
        for kind, name, original in originals:
            setattr(kind, name, original)


def _recording(original: Any, cached: list[Any]) -> Any:
    @functools.wraps(original)
    def recording(frame: Any, *arguments: Any, **options: Any) -> Any:
        cached.append(frame)
        return original(frame, *arguments, **options)

    return recording


def _each(sequence: Any) -> Iterator[Any]:
    iterator = sequence.iterator()
    while iterator.hasNext():
        yield iterator.next()
