"""Prints, as JSON, which cases of the rules about columns the installed Spark judges otherwise. Run by a test, in a process of its own."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from glue_compiler.rules import all_rules
from glue_session.frames import spark_frame

if TYPE_CHECKING:
    from glue_compiler.rules.definition import Case

sys.path.insert(0, str(Path(__file__).parents[1] / "rewrites"))

from local_spark import local_spark

_COLUMNS = ("a", "b", "c", "x", "y", "id", "day", "amount", "price", "score")
_DDL = ", ".join(f"{name} int" for name in _COLUMNS) + ", xs array<int>"


class _Config:
    def get(self, key: str) -> Any:
        return {"keys": ["x"]}.get(key, True)


class _Dbt:
    """What the models of the cases use of dbt; every name is a table of its own with the same columns."""

    config = _Config()

    def __init__(self, spark: Any, columns: str, *, is_incremental: bool) -> None:
        self.is_incremental = is_incremental
        self._spark = spark
        self._columns = columns
        self._frames: dict[tuple[str, ...], Any] = {}

    def ref(self, *names: str) -> Any:
        if names not in self._frames:
            self._frames[names] = self._spark.createDataFrame([], self._columns)
        return self._frames[names]

    def source(self, *names: str) -> Any:
        return self.ref(*names)


def main() -> None:
    with TemporaryDirectory() as folder, local_spark(Path(folder)) as spark:
        spark.createDataFrame([], _DDL).createOrReplaceTempView("t")
        with redirect_stdout(sys.stderr):
            found = _judged(spark, sys.argv[1:])
        json.dump(found, sys.stdout)


def _judged(spark: Any, codes: list[str]) -> dict[str, Any]:
    tried, refused, taken = 0, [], []
    for rule in all_rules():
        if rule.code not in codes:
            continue
        for index, case in enumerate(rule.valid):
            tried += 1
            errors = _errors(spark, case)
            if errors:
                refused.append(f"{rule.code} valid {index}: {errors[0]}")
        for index, case in enumerate(rule.invalid):
            tried += 1
            if not _errors(spark, case):
                taken.append(f"{rule.code} invalid {index}")
    return {"tried": tried, "refused": refused, "taken": taken}


def _columns(case: Case) -> str:
    """The columns that the case's project says of its tables, or those that all have."""
    properties = case.files.get("models/orders.yml")
    if properties is None:
        return _DDL
    columns = yaml.safe_load(properties)["models"][0]["columns"]
    return ", ".join(f"{column['name']} {column['data_type']}" for column in columns)


def _errors(spark: Any, case: Case) -> list[str]:
    """What a model raises in a full run and in an incremental one; also what the session says of its result."""
    found = []
    for is_incremental in (False, True):
        names: dict[str, Any] = {}
        try:
            exec(compile(case.source, "model", "exec"), names)
            frame = names["model"](
                _Dbt(spark, _columns(case), is_incremental=is_incremental), spark
            )
            spark_frame(frame, spark, {})
        except Exception as error:  # noqa: BLE001 - whatever it raises, the model would have ended
            found.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    return found


if __name__ == "__main__":
    main()
