"""Runs a model on a Spark as the product does, first and again, and says what it gave."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import math
import re
import shutil
import sys
import traceback
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "models/m.py"


@dataclass(frozen=True)
class Given:
    """What the runs of a model gave: the columns and rows, or the error of the first that failed, with its lines."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    error: str = ""
    message: str = ""
    lines: tuple[int, ...] = ()

    def like(self, other: Given) -> bool:
        """Whether the result is the same, in any order; of columns that no two runs fill alike, as many values."""
        return (
            self.columns == other.columns
            and len(self.rows) == len(other.rows)
            and sorted(self.rows, key=repr) == sorted(other.rows, key=repr)
        )


class Runner:
    """Runs texts of models that read the views of `tables`, by the names of what they refer to."""

    def __init__(self, spark: Any, tables: dict[str, str], folder: Path) -> None:
        self._spark = spark
        self._tables = tables
        self._folder = folder
        self._count = 0

    def run(self, text: str) -> Given:
        """A first run, and the run after it of a model that asks for the difference."""
        config = config_of(text)
        given = self._once(text, config, incremental=False)
        if not given.error and config.get("materialized") == "incremental":
            given = self._once(text, config, incremental=True)
        self._spark.catalog.clearCache()
        shutil.rmtree(self._folder, ignore_errors=True)
        for view in ("this", *re.findall(r"createOrReplaceTempView\(\"(\w+)\"\)", text)):
            self._spark.catalog.dropTempView(view)
        return given

    def _once(self, text: str, config: dict[str, Any], *, incremental: bool) -> Given:
        from glue_session.dbt_object import Dbt
        from glue_session.frames import spark_frame
        from glue_session.loading import load_model

        self._count += 1
        place = self._folder / f"run_{self._count}"
        request = {
            "refs": [
                {"package": None, "name": name, "version": None, "relation": view}
                for name, view in self._tables.items()
            ],
            "sources": [],
            "config": config,
            "meta": {},
            "this": {"database": None, "schema": "s", "identifier": "this", "relation": "this"},
            "is_incremental": incremental,
        }
        try:
            with _quiet():
                model = load_model({"spark": self._spark}, text, FILE, {}, {})
                returned = model(Dbt(self._spark, request), self._spark)
                frame = spark_frame(returned, self._spark, {}, None).frame
                if incremental:
                    frame = merged(self._spark.table("this"), frame, config)
                keys = _listed(config.get("partition_by"))
                frame.write.partitionBy(*keys).parquet(str(place))
            if keys or config.get("materialized") == "incremental":
                written = self._spark.read.schema(frame.schema).parquet(str(place))
                written.createOrReplaceTempView("this")
                rows = tuple(tuple(map(_plain, row)) for row in written.collect())
            else:
                rows = _rows(place, frame.columns)
        except Exception as error:  # noqa: BLE001 - whatever a model raises is what is asked for
            lines = [
                frame.lineno or 0
                for frame in traceback.extract_tb(error.__traceback__)
                if frame.filename == FILE
            ]
            message = str(error).strip().splitlines()[:1]
            return Given((), (), type(error).__name__, "".join(message)[:200], tuple(lines))
        columns = tuple((one.name, one.dataType.simpleString()) for one in frame.schema.fields)
        return Given(columns, rows)


QUICK = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""For a few rows nothing has to be compiled: it takes longer than to read them."""


def _rows(place: Path, columns: list[str]) -> tuple[tuple[Any, ...], ...]:
    """The rows of a folder of Parquet files."""
    from pyarrow import parquet  # type: ignore[import-untyped]

    found = parquet.read_table(str(place), columns=columns).to_pylist()
    return tuple(tuple(_plain(row[name]) for name in columns) for row in found)


def config_of(text: str) -> dict[str, Any]:
    """The literal arguments of `dbt.config`."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "dbt.config":
            for one in node.keywords:
                with contextlib.suppress(ValueError):
                    found[one.arg or ""] = ast.literal_eval(one.value)
    return found


def merged(old: Any, new: Any, config: dict[str, Any]) -> Any:
    """The table after a run that adds to it, by the strategies for files. What the config names is looked for as in dbt's SQL."""
    from pyspark.sql import functions

    strategy = config.get("incremental_strategy", "append")
    keys = _listed(config.get("unique_key"))
    if strategy == "insert_overwrite":
        partitions = _listed(config.get("partition_by"))
        return old.join(new.select(*partitions).distinct(), partitions, "left_anti").unionByName(
            new
        )
    if strategy == "append" or not keys:
        return old.unionByName(new)
    new.select(*keys)
    updated = _listed(config.get("merge_update_columns")) or [
        name for name in new.columns if name not in keys
    ]
    new.select(*updated)
    copies = new.groupBy(*keys).count().filter("count > 1")
    if copies.count():
        raise ValueError("More than one row of the model has the same unique_key")
    kept = old.select(*[name for name in old.columns if name not in updated])
    changed = kept.join(new.select(*keys, *updated), keys).select(*old.columns)
    fresh = new.join(old.select(*keys), keys, "left_anti").select(*old.columns)
    rest = old.join(new.select(*keys), keys, "left_anti").select(*old.columns)
    return (
        changed.unionByName(fresh)
        .unionByName(rest)
        .withColumn(updated[0], functions.col(updated[0]))
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else round(value, 9)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return sorted((key, _plain(item)) for key, item in value.items())
    return value


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    pandas_on_spark = sys.modules.get("pyspark.pandas")
    if pandas_on_spark is not None:
        pandas_on_spark.reset_option("compute.ops_on_diff_frames")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def key_of(*texts: str) -> str:
    """A short word that is the same for the same texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
