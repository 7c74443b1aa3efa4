"""A Spark frame of a pandas frame by Arrow, whose batches the tasks read side by side."""

from __future__ import annotations

import datetime
import decimal
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ARROW = "spark.sql.execution.arrow.pyspark.enabled"
FALLBACK = "spark.sql.execution.arrow.pyspark.fallback.enabled"
_LOCAL = "spark.sql.execution.arrow.localRelationThreshold"
_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"
_SMALL = {bool, int, float, decimal.Decimal, datetime.date, datetime.datetime}
_FEW_ROWS = 10_000
_ROWS_OF_A_FILE = 1_000_000
_BYTES_OF_A_TASK = 64 << 20
"""A task carries its batches, and the executors take none of more than spark.rpc.message.maxSize, 128 MB."""


class Settings:
    """Spark settings for the length of a block."""

    def __init__(self, spark: Any, wanted: Mapping[str, str]) -> None:
        self._conf = spark.conf
        self._wanted = wanted
        self._before: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._before = {key: self._conf.get(key, None) for key in self._wanted}
        for key, value in self._wanted.items():
            self._conf.set(key, value)

    def __exit__(self, *_: object) -> None:
        for key, value in self._before.items():
            if value is None:
                self._conf.unset(key)
            else:
                self._conf.set(key, value)


def by_arrow(ready: Any, schema: Any, spark: Any) -> Any:
    """The frame of a pandas frame whose columns are ready for Arrow. Raises whatever Arrow does not take.

    Spark would make rows of all batches below 48 MB on the driver, one after the other, and send
    the rows to the tasks; and of more it would make a task and a file of every batch.
    """
    many = len(ready) > _FEW_ROWS
    with Settings(spark, {ARROW: "true", FALLBACK: "false", **({_LOCAL: "0b"} if many else {})}):
        frame = spark.createDataFrame(ready, schema)
    if not many:
        return frame
    batch = int(spark.conf.get(_BATCH, "10000"))
    sizes = _sizes(ready, batch) if batch > 0 else []
    files = max(spark.sparkContext.defaultParallelism, len(ready) // _ROWS_OF_A_FILE)
    while files < len(sizes) and _largest(sizes, files) > _BYTES_OF_A_TASK:
        files *= 2
    return frame.coalesce(files) if files < len(sizes) else frame


def _largest(sizes: list[int], parts: int) -> int:
    """The most bytes of a part, as Spark coalesces: neighbours, and as many of them in each."""
    bounds = [i * len(sizes) // parts for i in range(parts + 1)]
    return max(sum(sizes[a:b]) for a, b in pairwise(bounds))


def _sizes(ready: Any, batch: int) -> list[int]:
    """At most so many bytes the batches have in Arrow."""
    sizes = [0] * -(-len(ready) // batch)
    for name in ready:
        series = ready[name]
        fixed = getattr(series.dtype, "kind", "O") in "bifuM"
        values = [] if fixed else series.astype(object).where(series.notna(), None).tolist()
        for number in range(len(sizes)):
            part = values[number * batch : (number + 1) * batch]
            sizes[number] += 9 * batch if fixed else _size(part)
    return sizes


def _size(values: Collection[Any]) -> int:
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= _SMALL:
        return 17 * len(values)
    given = [value for value in values if value is not None]
    if kinds <= {str, bytes}:
        return 5 * len(values) + 4 * sum(map(len, given))
    if kinds == {list}:
        return 5 * len(values) + _size(list(chain.from_iterable(given)))
    if kinds == {dict}:
        inner = chain.from_iterable(map(dict.values, given))
        return 5 * len(values) + _size(list(chain.from_iterable(given))) + _size(list(inner))
    return 1 << 40
