"""Runs in a session of the endpoint: one model, measured (seconds, and the memory of Python and of the JVM on top)."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_session.dbt_object import Dbt
from glue_session.frames import spark_frame
from glue_session.loading import load_model
from glue_session.write import write_table

if TYPE_CHECKING:
    from collections.abc import Callable

_MEGABYTE = 2**20


def measured(session_globals: dict[str, Any], asked: dict[str, Any]) -> dict[str, float]:
    """`asked`: source, mode (one of WORK), tables and rows (small ones for warming up first), kind, arrow."""
    spark = session_globals["spark"]
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", str(asked["arrow"]).lower())
    for table, rows in zip(asked["tables"], asked["rows"], strict=True):
        dbt = Dbt(spark, _request(table, rows))
        model = load_model(session_globals, asked["source"], "models/m.py", {})
        gc.collect()
        spark._jvm.System.gc()
        _reset_peak()
        with _Heap(spark) as heap:
            before, started = _resident("VmRSS"), time.perf_counter()
            WORK[asked["mode"]](model, dbt, spark, asked["kind"])
            seconds = time.perf_counter() - started
        peak = _resident("VmHWM") - before
    return {"seconds": seconds, "python": peak, "jvm": heap.peak - heap.start}


def _only_the_model(model: Callable[..., Any], dbt: Any, spark: Any, kind: str | None) -> None:
    model(dbt, spark)


def _written(model: Callable[..., Any], dbt: Any, spark: Any, kind: str | None) -> None:
    """As every model is: one conversion, one evaluation, the rows counted by the write."""
    _write(spark_frame(model(dbt, spark), spark, {}, kind).frame)


def _counted_first(model: Callable[..., Any], dbt: Any, spark: Any, kind: str | None) -> None:
    """As programs do that count in a job of its own."""
    frame = model(dbt, spark)
    frame.count()
    _write(frame)


def _without_arrow(model: Callable[..., Any], dbt: Any, spark: Any, kind: str | None) -> None:
    """As Spark converts a pandas frame by default."""
    _write(spark.createDataFrame(model(dbt, spark)))


WORK = {
    "model": _only_the_model,
    "write": _written,
    "count and write": _counted_first,
    "write without Arrow": _without_arrow,
}


def _write(frame: Any) -> None:
    target = {"relation": "bench.result", "location": None, "file_format": "parquet", "options": {}}
    empty = {"partition_by": (), "bucket_by": (), "buckets": None, "table_properties": {}}
    write_table(frame, {**target, **empty, "overwrites": False, "holds": None, "statement": None})


def _request(table: str, rows: int) -> dict[str, Any]:
    return {
        "refs": [{"package": None, "name": "t", "version": None, "relation": table}],
        "sources": [],
        "config": {"rows": rows},
        "meta": {},
        "this": {"database": None, "schema": "s", "identifier": "m", "relation": "m"},
        "is_incremental": False,
    }


class _Heap:
    """The most heap that the JVM used during a block, in megabytes, looked at every 20 ms."""

    def __init__(self, spark: Any) -> None:
        self._runtime = spark._jvm.Runtime.getRuntime()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.start = self.peak = self._used()

    def _used(self) -> float:
        return float(self._runtime.totalMemory() - self._runtime.freeMemory()) / _MEGABYTE

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.peak = max(self.peak, self._used())

    def __enter__(self) -> _Heap:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()


def _reset_peak() -> None:
    """Linux forgets the most memory that this process had (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _resident(field: str) -> float:
    """A line of this process's status, in megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1]) / 1024
    raise LookupError(field)
