"""Prints, as JSON, which values the installed Spark takes that the compiler says it refuses. Run by a test, in a process of its own."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas
import pyspark
from glue_compiler.knowledge.frames import Member, Parameter, api
from glue_compiler.knowledge.signatures import refused
from pyspark.sql import functions

sys.path.insert(0, str(Path(__file__).parents[1] / "rewrites"))

from local_spark import local_spark

_VERSION = ".".join(pyspark.__version__.split(".")[:2])


def main() -> None:
    with TemporaryDirectory() as folder, local_spark(Path(folder)) as spark:
        with redirect_stdout(sys.stderr):  # what `show` and `explain` print
            found = _measured(spark)
        json.dump(found, sys.stdout)


def _measured(spark: Any) -> dict[str, Any]:
    frame = spark.createDataFrame([(True, "x")], "a boolean, b string")
    rows = pandas.DataFrame({"a": [1]})
    column = functions.col("a")
    samples: dict[str, Any] = {
        "number": 1,
        "bool": True,
        "dict": {"a": 1},
        "spark frame": frame,
        "pandas frame": rows,
        "pandas_on_spark frame": frame.pandas_api(),
        "series": rows["a"],
        "string": "a",
        "list": ["a"],
        "tuple": ("a",),
        "column": column,
        "none": None,
        "grouped": frame.groupBy("a"),
        "function": str.upper,
        "rows": frame.collect(),
    }
    owners = {
        "spark": frame,
        "spark.column": functions.when(column, 1),
        "spark.grouped": frame.groupBy("a"),
        "spark.functions": functions,
    }
    tried, taken, unproved = 0, [], []
    for owner, thing in owners.items():
        for member in api(owner, _VERSION).members():
            judged = [p for p in member.parameters if refused(member, p.annotation or "", _VERSION)]
            if member.kind not in ("method", "function") or not judged:
                continue
            method = getattr(thing, member.name)
            if not _works(method, *_call(member, frame, column)):
                unproved.append(f"{owner}.{member.name}")
            for parameter in judged:
                for kind in sorted(refused(member, parameter.annotation or "", _VERSION)):
                    tried += 1
                    given = _call(member, frame, column, parameter, samples[kind])
                    if _works(method, *given):
                        taken.append(f"{owner}.{member.name}({parameter.name}) takes a {kind}")
    return {"tried": tried, "taken": taken, "unproved": unproved}


def _works(method: Any, args: list[Any], named: dict[str, Any]) -> bool:
    try:
        method(*args, **named)
    except Exception:  # noqa: BLE001 - whatever it raises, the model would have ended
        return False
    return True


def _call(
    member: Member,
    frame: Any,
    column: Any,
    parameter: Parameter | None = None,
    value: object = None,
) -> tuple[list[Any], dict[str, Any]]:
    """Arguments that fit, but for one parameter."""
    args: list[Any] = []
    named: dict[str, Any] = {}
    stars = any(item.kind == "args" for item in member.parameters)
    for item in member.parameters:
        given = value if item is parameter else _fitting(item, frame, column)
        if item is not parameter and not item.required and item.kind != "args":
            continue
        if item.kind == "args" or (stars and item.kind != "keyword"):
            args.append(given)
        else:
            named[item.name] = given
    return args, named


def _fitting(parameter: Parameter, frame: Any, column: Any) -> Any:
    text = parameter.annotation or ""
    if "Callable" in text:
        return lambda *values: values[0]
    if text == "DataFrame":
        return frame
    if text.startswith("ColumnOrName"):
        return "a"
    if "DataType" in text or "StructType" in text or parameter.name == "schema":
        return "a int"
    if "str" in text.split("[")[0] or text in ("Optional[str]", "Union[str, List[str]]"):
        return "a"
    if "int" in text:
        return 256
    if "float" in text:
        return 0.5
    if "List[" in text and "Column" not in text:
        return ["a"]
    if "Dict" in text:
        return {"a": 0.5}
    return column


if __name__ == "__main__":
    main()
