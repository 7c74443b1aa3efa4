"""A plain Spark of one's own, with no endpoint around it, on which models run as written and as rewritten."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from glue_endpoint.spark.jvm import QUICK_COMPILER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


QUICK = (*QUICK_COMPILER, "-XX:+UseSerialGC")
"""Programs of a few rows are over before the second compiler pays: they take 0.6 of the time."""


@contextmanager
def local_spark(warehouse: Path, *, cores: int = 1, memory: str = "1g") -> Iterator[Any]:
    """A session with one shuffle partition per core, stopped at the end."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", str(cores))
        .config("spark.driver.memory", memory)
        .config("spark.driver.extraJavaOptions", " ".join(QUICK))
        .config("spark.sql.warehouse.dir", str(warehouse))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")  # from where large results are fetched
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()
