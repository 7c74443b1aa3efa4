"""Print, as JSON, what Spark's own analyser says about each function of pyspark.sql.functions.

Calls every function on columns of many types without running a job, and keeps the result type when
all accepted calls agree. Needs Java. Usage: ENV/bin/python tools/knowledge/measure_functions.py
"""

from __future__ import annotations

import inspect
import itertools
import json
import sys
from typing import Any

from pyspark.sql import Column, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 (the field's own name)

COLUMNS = {
    "i": "int",
    "l": "bigint",
    "f": "float",
    "d": "double",
    "dec": "decimal(10,2)",
    "s": "string",
    "b": "boolean",
    "dt": "date",
    "ts": "timestamp",
    "bin": "binary",
    "a": "array<int>",
    "t": "array<string>",
    "m": "map<string,int>",
    "st": "struct<x:int>",
    "n": "map<int,double>",
}
PAIRS = (
    *("i i", "l l", "d d", "f f", "dec dec", "s s", "b b", "dt dt", "ts ts", "bin bin", "a a"),
    *("m m", "st st", "dt i", "s i", "a i", "t s", "m s", "ts s", "s ts", "bin s", "i s", "dt s"),
    *("t i", "t t", "n n", "n i", "t a", "a t", "b i", "b s", "i bin"),
)
TRIPLES = (
    *("s s s", "s i i", "i i i", "d d d", "l l l", "s s i", "i s i", "dt dt b", "ts s s"),
    *("a i i", "b i i", "b s s", "b d d", "i dt dt", "i ts ts", "s dt dt", "s ts ts", "t s s"),
    *("t i i", "a i s", "bin bin i"),
)
LITERALS = {"str": "x", "int": 1, "float": 0.5, "bool": True}
DEPENDENT = {"session_window", "window"}
"""Results that depend on a type which not every version can put into a frame (timestamp_ntz)."""

SKIPPED = {
    *("broadcast", "call_function", "call_udf", "col", "column", "expr", "lit", "pandas_udf"),
    *("udf", "udtf", "arrow_udf", "arrow_udtf", "unwrap_udt"),
}


def argument_lists(function: Any) -> list[list[Any]]:
    """Calls worth trying: required parameters only, columns of several types, literals by annotation.

    Empty for functions that take Python callables or lists: their results depend on them.
    """
    slots: list[Any] = []
    columns = 0
    for parameter in inspect.signature(function).parameters.values():
        annotation = parameter.annotation
        annotation = annotation.__name__ if inspect.isclass(annotation) else str(annotation)
        if parameter.kind is parameter.VAR_POSITIONAL:
            slots += [Column, Column]
            columns += 2
        elif parameter.default is not parameter.empty or parameter.kind is parameter.KEYWORD_ONLY:
            continue
        elif annotation.strip("'") in LITERALS:
            slots.append(LITERALS[annotation.strip("'")])
        elif "Callable" in annotation or "List" in annotation or "Tuple" in annotation:
            return []
        else:
            slots.append(Column)
            columns += 1
    choices: list[tuple[str, ...]]
    if columns == 0:
        choices = [()]
    elif columns == 1:
        choices = [(name,) for name in COLUMNS]
    elif columns in (2, 3):
        choices = [tuple(choice.split()) for choice in (PAIRS if columns == 2 else TRIPLES)]
    else:
        choices = [(name,) * columns for name in ("i", "d", "s")]
    calls = []
    for choice in choices:
        names = itertools.chain(choice)
        calls.append([F.col(next(names)) if slot is Column else slot for slot in slots])
    return calls


def measured(frame: Any, function: Any) -> tuple[str | None, list[str]] | None:
    """(result type or None when it depends, flags); None when no call was accepted."""
    calls = argument_lists(function)
    answers = [answer for call in calls if (answer := analysed(frame, function, call, None))]
    if not answers:
        window = Window.orderBy("i")
        answers = [answer for call in calls if (answer := analysed(frame, function, call, window))]
    if not answers:
        return None
    flags = set().union(*(flags for _, _, flags, _ in answers))
    if not any(nullable for _, nullable, _, _ in answers):
        flags.add("never_null")
    types = {result for result, _, _, _ in answers}
    accepted = {arguments for _, _, _, arguments in answers}
    # One accepted call proves nothing about the result of a function that takes columns.
    proved = len(types) == 1 and (len(accepted) > 1 or accepted == {"[]"})
    if function.__name__ in DEPENDENT or "generator" in flags:
        proved = False
    result = types.pop() if proved else None
    return result or None, sorted(flags)


def analysed(
    frame: Any, function: Any, arguments: list[Any], window: Any
) -> tuple[str, bool, set[str], str] | None:
    """(result type, nullable, flags, column arguments) of one call; None when Spark refuses it."""
    try:
        column = function(*arguments)
        selected = frame.select(column if window is None else column.over(window))
        plan = selected._jdf.queryExecution().analyzed()
        fields = selected.schema.fields
    except Exception:  # noqa: BLE001 (every refusal is an answer; its kind does not matter)
        return None
    flags = set()
    if window is not None:
        flags.add("window")
    elif plan.nodeName() == "Aggregate":
        flags.add("aggregate")
    elif "Generate" in str(plan.treeString()):
        flags.add("generator")
    if window is None:
        expressions = plan.expressions()
        indices = range(expressions.size())
        if not all(expressions.apply(index).deterministic() for index in indices):
            flags.add("nondeterministic")
    result = fields[0].dataType.simpleString() if len(fields) == 1 else ""
    columns = str([argument for argument in arguments if isinstance(argument, Column)])
    return result, fields[0].nullable, flags, columns


def session_and_frame() -> tuple[Any, Any]:
    """A local session and an empty frame that has a column of every type in COLUMNS."""
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.ansi.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    return session, session.createDataFrame([], schema)


def main() -> None:
    session, frame = session_and_frame()
    sys.stdout.write("{")
    separator = "\n"
    for name in sorted(getattr(F, "__all__", dir(F))):
        function = getattr(F, name, None)
        if name in SKIPPED or name.startswith("_") or not inspect.isfunction(function):
            continue
        answer = measured(frame, function)
        if answer is not None:
            sys.stdout.write(f"{separator} {json.dumps(name)}: {json.dumps(answer)}")
            sys.stdout.flush()
            separator = ",\n"
    sys.stdout.write("\n}\n")
    session.stop()


if __name__ == "__main__":
    main()
