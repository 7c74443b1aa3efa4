"""Print, as JSON, which types Spark's own analyser refuses: in operators, casts, conditions and functions.

Builds each expression on columns of many types, and on literals where Python has some of the type, with and without
ANSI mode, and runs no job. A type counts as refused where all of these are, and as a result where all agree. Needs
Java. Usage: ENV/bin/python tools/knowledge/measure_types.py
"""

from __future__ import annotations

import datetime
import decimal
import inspect
import itertools
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F  # noqa: N812 (the field's own name)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TYPES = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "int": "int",
    "bigint": "bigint",
    "float": "float",
    "double": "double",
    "decimal": "decimal(10,2)",
    "string": "string",
    "binary": "binary",
    "date": "date",
    "timestamp": "timestamp",
    "array": "array<int>",
    "map": "map<string,int>",
    "struct": "struct<x:int>",
}
"""The types by their heads. Of two with the same arguments, as of two arrays, nothing is concluded."""
HEADS = ("array", "map", "struct")
ASKED = tuple(kind for kind in TYPES if kind not in ("tinyint", "smallint", "float", "decimal"))
"""The types that functions of two columns are asked with: nothing is concluded of the others."""
LITERALS: dict[str, tuple[Any, ...]] = {
    "boolean": (True,),
    "int": (1,),
    "double": (0.5,),
    "decimal": (decimal.Decimal("12345678.50"),),
    # Some functions read what a literal says.
    "string": ("1", "2024-01-31"),
    "date": (datetime.date(2024, 1, 31),),
    "timestamp": (datetime.datetime(2024, 1, 31),),
}
MORE = {
    "array": ("array<string>", "array<array<int>>", "array<struct<x:int,y:string>>"),
    "map": ("map<int,double>",),
    "struct": ("struct<start:timestamp,end:timestamp>",),
}
"""Other types of a head, which a function may take alone."""
_OF_SOME = {"getField", "getItem"}
"""What arrays, maps and structs take depends on more than on that they are."""
COLUMNS = {
    **TYPES,
    **{f"{head}{n}": kind for head, more in MORE.items() for n, kind in enumerate(more)},
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
    "&": lambda a, b: a & b,
    "isin": lambda a, b: a.isin(b),
    "coalesce": F.coalesce,
    "when": lambda a, b: F.when(F.lit(1) == 1, a).otherwise(b),
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "~": lambda a: ~a,
    "negative": lambda a: -a,
    "getField": lambda a: a.getField("x"),
    "getItem": lambda a: a.getItem(0),
    "like": lambda a: a.like("x"),
    "rlike": lambda a: a.rlike("x"),
    "contains": lambda a: a.contains("x"),
    "startswith": lambda a: a.startswith("x"),
    "endswith": lambda a: a.endswith("x"),
    "substr": lambda a: a.substr(1, 2),
    "condition": lambda a: F.when(a, 1),
}
PLAIN = {"str": "x", "int": 1, "float": 0.5, "bool": True}
SKIPPED = {
    *("broadcast", "call_function", "call_udf", "col", "column", "expr", "lit", "pandas_udf"),
    *("udf", "udtf", "arrow_udf", "arrow_udtf", "unwrap_udt", "when", "reflect", "java_method"),
    *("try_reflect", "window", "session_window", "window_time", "assert_true", "raise_error"),
}
OF_TWO = {"add_months", "date_add", "date_sub", "datediff", "months_between", "pow"}
"""The functions of two columns that are asked about: each takes hundreds of calls."""


class Measure:
    """What Spark says, without and with ANSI mode: of each a session with a frame."""

    def __init__(self, plain: Any) -> None:
        self._modes = []
        for session, mode in ((plain, "false"), (plain.newSession(), "true")):
            session.conf.set("spark.sql.ansi.enabled", mode)
            columns = [f"cast(null as {kind}) as {name}" for name, kind in COLUMNS.items()]
            self._modes.append((session._jsparkSession, session.range(0).selectExpr(*columns)))
        self._activate = plain._jvm.SparkSession.setActiveSession

    def frames(self) -> Iterator[Any]:
        """The frame of each mode; columns made meanwhile are of that mode, too."""
        for session, frame in self._modes:
            self._activate(session)
            yield frame

    def asked(self, make: Callable[..., Any], *kinds: str) -> Iterator[str | None]:
        """The types of an expression of columns and literals of some types, one after the other; None for a refusal."""
        for frame in self.frames():
            for given in itertools.product(*map(_forms, kinds)):
                yield _result(frame, make, given)

    def results(self, make: Callable[..., Any], *kinds: str) -> set[str | None]:
        """All types of an expression of columns and literals of some types."""
        return set(self.asked(make, *kinds))

    def refuses(self, make: Callable[..., Any], *kinds: str) -> bool:
        """Whether an expression of some types is refused in every form."""
        return all(found is None for found in self.asked(make, *kinds))

    def pairs(self, make: Callable[[Any, Any], Any]) -> dict[str, list[str]]:
        """By each type on the left, those that are refused on the right."""
        refused: dict[str, list[str]] = {}
        for left, right in itertools.product(TYPES, TYPES):
            if left == right and left in HEADS:
                continue
            if self.refuses(make, left, right):
                refused.setdefault(left, []).append(right)
        return refused

    def given(self, make: Callable[[Any, Any], Any]) -> dict[str, dict[str, str]]:
        """By the types on both sides, the type of the result where it is always the same."""
        found: dict[str, dict[str, str]] = {}
        for left, right in itertools.product(TYPES, TYPES):
            if {left, right} & {*HEADS, "decimal"}:
                continue
            results = self.results(make, left, right)
            only = results.pop() if len(results) == 1 else None
            if only:
                found.setdefault(left, {})[right] = only
        return found

    def unions(self) -> dict[str, list[str]]:
        """By each type on the left, those whose column a union with it refuses."""

        refused: dict[str, list[str]] = {}
        for left, right in itertools.product(TYPES, TYPES):
            if left == right and left in HEADS:
                continue
            if not any(unites(frame, left, right) for frame in self.frames()):
                refused.setdefault(left, []).append(right)
        return refused

    def function(self, function: Any) -> tuple[list[list[str]], str | dict[str, str]]:
        """By each required parameter, the types that are refused in a column there; and the results.

        The result is one type where all calls agree, by the type of the only argument otherwise, or `same`.
        """
        slots = _slots(function)
        columns = [place for place, slot in enumerate(slots) if slot is Column]
        if len(columns) != 1 and not (len(columns) == 2 and function.__name__ in OF_TWO):
            return [], ""

        def make(*given: Any) -> Any:
            rest = iter(given)
            return function(*[next(rest) if slot is Column else slot for slot in slots])

        accepted: list[set[str]] = [set() for _ in columns]
        by_type: dict[str, set[str | None]] = {}
        seen: set[str | None] = set()
        types = tuple(TYPES) if len(columns) == 1 else ASKED
        for kinds in itertools.product(types, repeat=len(columns)):
            if all(kind in known for kind, known in zip(kinds, accepted, strict=True)):
                continue  # of other calls it is known that each of them is accepted
            results = by_type[kinds[0]] = self.results(make, *kinds)
            seen |= results
            refuses = results == {None}
            if not refuses:
                for kind, known in zip(kinds, accepted, strict=True):
                    known.add(kind)
        if not all(accepted):
            return [], ""
        refused: list[list[str]] = [[] for _ in slots]
        for place, known in zip(columns, accepted, strict=True):
            refused[place] = [kind for kind in types if kind not in known]
        seen.discard(None)
        if len(seen) == 1 and sum(map(len, accepted)) > len(columns):
            return refused, seen.pop() or ""
        if len(columns) > 1:
            return refused, ""
        alike = {kind: results.pop() for kind, results in by_type.items() if len(results) == 1}
        if len(alike) == len(by_type) and all(
            found in (None, TYPES[kind]) for kind, found in alike.items()
        ):
            return refused, "same"
        plain = {kind: found for kind, found in alike.items() if kind not in (*HEADS, "decimal")}
        return refused, {kind: found for kind, found in plain.items() if found}


def _result(frame: Any, make: Callable[..., Any], given: tuple[Any, ...]) -> str | None:
    """The type of an expression, or None where Spark refuses it."""
    try:
        fields = frame.select(make(*given)).schema.fields
    except Exception:  # noqa: BLE001 - every refusal is an answer; its kind does not matter
        return None
    return fields[0].dataType.simpleString() if len(fields) == 1 else ""


def unites(frame: Any, left: str, right: str) -> bool:
    try:
        frame.select(left).union(frame.select(right)).schema  # noqa: B018 - to have it analysed
    except Exception:  # noqa: BLE001 - a refusal
        return False
    return True


def _forms(kind: str) -> list[Any]:
    """Columns of a type, and literals where there are some."""
    more = [F.col(f"{kind}{n}") for n, _ in enumerate(MORE.get(kind, ()))]
    return [F.col(kind), *more, *map(F.lit, LITERALS.get(kind, ()))]


def _slots(function: Any) -> list[Any]:
    """The required parameters of a function: Column, or a plain value by its annotation; empty where it takes others."""
    slots: list[Any] = []
    for parameter in inspect.signature(function).parameters.values():
        annotation = parameter.annotation
        text = annotation.__name__ if inspect.isclass(annotation) else str(annotation).strip("'")
        if parameter.kind is parameter.VAR_POSITIONAL:
            return []
        if parameter.default is not parameter.empty or parameter.kind is parameter.KEYWORD_ONLY:
            continue
        if text in PLAIN:
            slots.append(PLAIN[text])
        elif "ColumnOrName" in text and "Callable" not in text and "List" not in text:
            slots.append(Column)
        else:
            return []
    return slots


_SELDOM = (
    "xpath",
    "bitmap_",
    "hll_",
    "regr_",
    "aes_",
    "try_",
    "ST_",
    "st_",
    "kll_",
    "theta_",
    "variant_",
)
"""How functions begin that hardly any model calls."""


def _functions() -> Iterator[Any]:
    for name in sorted(getattr(F, "__all__", dir(F))):
        function = getattr(F, name, None)
        if (
            name not in SKIPPED
            and not name.startswith(("_", *_SELDOM))
            and inspect.isfunction(function)
        ):
            yield function


def session() -> Any:
    """A local session."""
    made = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    return made


def measured(measure: Measure) -> dict[str, Any]:
    """All that is stored of a version."""
    casts: dict[str, list[str]] = {}
    for source, (target, written) in itertools.product(TYPES, TYPES.items()):
        if source in HEADS and target in HEADS:
            continue
        if measure.refuses(lambda a, to=written: a.cast(to), source):
            casts.setdefault(source, []).append(target)
    unary = {
        name: [
            kind
            for kind in TYPES
            if (name not in _OF_SOME or kind not in HEADS) and measure.refuses(make, kind)
        ]
        for name, make in UNARY.items()
    }
    functions: dict[str, Any] = {}
    results: dict[str, Any] = {}
    for function in _functions():
        refused, given = measure.function(function)
        if any(refused):
            functions[function.__name__] = refused
        if given:
            results[function.__name__] = given
        sys.stderr.write(f"{function.__name__} ")
        sys.stderr.flush()
    return {
        "binary": {name: measure.pairs(make) for name, make in BINARY.items()},
        "arithmetic": {name: measure.given(BINARY[name]) for name in "+-*/%"},
        "unary": {name: kinds for name, kinds in unary.items() if kinds},
        "cast": casts,
        "union": measure.unions(),
        "functions": functions,
        "results": results,
    }


def main() -> None:
    logging.disable()  # every refusal would be an entry
    made = session()
    parts = [
        f"{json.dumps(part)}: {{\n "
        + ",\n ".join(f"{json.dumps(name)}: {json.dumps(found)}" for name, found in rows.items())
        + "\n}"
        for part, rows in measured(Measure(made)).items()
    ]
    sys.stdout.write("{" + ",\n".join(parts) + "}\n")
    made.stop()


if __name__ == "__main__":
    main()
