"""Prints, as JSON, which functions of the driver take a column or frame of the installed Spark. Run by a test, in a process of its own."""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas
from glue_compiler.knowledge.driver_functions import BY_COLUMN, BY_FRAME
from pyspark.sql import functions

sys.path.insert(0, str(Path(__file__).parents[1] / "rewrites"))

from local_spark import local_spark

_MORE: dict[str, tuple[int, ...]] = {
    "numpy.where": (1, 0),
    "numpy.maximum": (1,),
    "numpy.minimum": (1,),
}


def main() -> None:
    with TemporaryDirectory() as folder, local_spark(Path(folder)) as spark:
        with redirect_stdout(sys.stderr):
            frame = spark.sql("select 1.5D as a, 'x' as b")
            given = [(name, item) for name in BY_FRAME for item in (frame,)]
            columns = (frame.a, functions.col("a"), functions.col("a") > 1)
            given += [(name, item) for name in BY_COLUMN for item in columns]
            taken = [name for name, item in given if _takes(name, item)]
        json.dump({"tried": len(given), "taken": taken}, sys.stdout)


def _takes(name: str, value: Any) -> bool:
    rows = pandas.DataFrame({"a": [1.5]})
    try:
        if name == "pandas[]":
            rows[value]
        elif name == "pandas[]=":
            rows["x"] = value
        else:
            module, _, function = name.rpartition(".")
            getattr(importlib.import_module(module), function)(value, *_MORE.get(name, ()))
    except Exception:  # noqa: BLE001 - whatever it raises, the model would have ended
        return False
    return True


if __name__ == "__main__":
    main()
