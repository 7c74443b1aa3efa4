"""GLU635: the body of a UDF names what only the driver has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import DriverName
    from glue_compiler.facts.schemas import Frame

_WHAT = {
    "frame": "a Spark frame",
    "column": "a Spark column",
    "window": "a window",
    "session": "the session",
}
_HELP = {
    "frame": "Join the frame, or collect what the function needs before.",
    "column": "Give the column to the UDF as an argument.",
    "window": "Use the window where the UDF's result is used.",
    "session": "Read what the function needs before, and join it or collect it.",
    "function": "Work on the values with Python, or use Spark's function on the columns without a UDF.",
}


_FUNCTIONS_RAISE_IN = frozenset({"3.3", "3.5"})
"""The versions of Spark in which it was tried that functions of columns raise on a worker."""


def _may_raise(use: DriverName, _frame: Frame | None, options: AnalysisOptions) -> bool:
    known = use.kind != "function" or options.spark in _FUNCTIONS_RAISE_IN
    return known and not use.tried


_SCREEN = Screen("driver_names", _may_raise)


def _check(context: Context) -> Iterator[Finding]:
    seen = set()
    for use in context.kept_by(_SCREEN):
        if use.span in seen:
            continue
        seen.add(use.span)
        if use.kind == "function":
            message = f"`{use.name}` makes a column, which only the driver can: a UDF has the values of one row"
        else:
            message = (
                f"`{use.name}` is {_WHAT[use.kind]}, which Spark cannot send to where a UDF runs"
            )
        yield Finding(
            use.span,
            message + in_world(use.worlds),
            help=_HELP[use.kind],
            related=(Related(None, use.sent, "the UDF is sent here"),),
        )


_HEAD = (
    "from pyspark.sql import Window, functions as F\n"
    "from pyspark.sql.functions import col, udf, upper\n\n\n"
)


def _udf(body: str, before: str = "days = dbt.ref('days')") -> str:
    return model(
        f"df = dbt.ref('orders')\n{before}\n{body}\nreturn df.withColumn('n', found('id'))",
        head=_HEAD,
    )


RULE = Rule(
    code="GLU635",
    name="driver-name-in-udf",
    severity=Severity.ERROR,
    summary="A UDF uses a frame, the session, or a function that makes columns.",
    why="""
A UDF runs in processes that have no Spark session: Spark sends them the function with all that it names. A frame, a
column or the session cannot be sent (`CONTEXT_ONLY_VALID_ON_DRIVER`, when the UDF is first used, even where the line
is not reached), and `F.upper(...)` finds no session there.
""",
    fix="Join the other frame, pass columns as arguments, and use Spark's functions without a UDF.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_udf("found = udf(lambda value: len(str(value)), 'int')")),
        Case(
            _udf(
                "rows = days.count()\nfound = udf(lambda value: value + rows, 'int')",
            )
        ),
        Case(
            _udf(
                "@udf('string')\ndef found(value):\n    days = [value]\n    return str(days)",
            )
        ),
        Case(
            _udf(
                "found = udf(lambda days: str(days), 'string')",
            )
        ),
        Case(
            _udf(
                "unused = udf(lambda value: days.count(), 'int')\nfound = udf(lambda value: 1, 'int')",
            )
        ),
        Case(
            _udf(
                "def found(name):\n    return F.upper(col(name))",
            )
        ),
        Case(
            _udf(
                "@udf('string')\ndef found(value):\n    try:\n        return F.upper(value)\n"
                "    except Exception:\n        return value",
            )
        ),
        Case(
            _udf(
                "days = [row[0] for row in days.collect()]\nfound = udf(lambda value: value in days, 'boolean')",
            )
        ),
        Case(
            _udf("found = udf(lambda value: F.upper(value), 'string')"),
            settings={"glue-version": "6.0"},
        ),
        Case(
            _udf(
                "known = days.toPandas()\nfound = udf(lambda value: len(known), 'int')",
            )
        ),
    ),
    invalid=(
        Case(
            _udf("found = udf(lambda value: ⟦days⟧.count(), 'int')"),
            message="`days` is a Spark frame, which Spark cannot send to where a UDF runs",
        ),
        Case(
            _udf(
                "@udf('int')\ndef found(value):\n    if value is None:\n"
                "        return ⟦days⟧.filter(⟦days⟧.id == value).count()\n    return 1",
            )
        ),
        Case(
            _udf(
                "@F.udf(returnType='int')\ndef found(value):\n"
                "    return ⟦session⟧.sql('select 1').first()[0]",
            ),
            message="`session` is the session",
        ),
        Case(
            _udf("found = F.udf(lambda value: ⟦F.upper⟧(value), 'string')"),
            message="`F.upper` makes a column, which only the driver can",
        ),
        Case(
            _udf("@udf('string')\ndef found(value):\n    return ⟦upper⟧(⟦col⟧(value))"),
        ),
        Case(
            _udf("key = F.col('id')\nfound = udf(lambda value: str(⟦key⟧), 'string')"),
            message="`key` is a Spark column",
        ),
        Case(
            _udf(
                "def size(value):\n    def inner():\n        return ⟦days⟧.count()\n\n"
                "    return inner()\n\nfound = udf(size, 'int')",
            )
        ),
        Case(
            _udf(
                "session.udf.register('size', lambda value: ⟦days⟧.count(), 'int')\n"
                "found = udf(lambda value: 1, 'int')",
            )
        ),
        Case(
            model(
                "days = dbt.ref('days')\n\ndef kept(frames):\n    for frame in frames:\n"
                "        yield frame[frame.id < ⟦days⟧.count()]\n\n"
                "return dbt.ref('orders').mapInPandas(kept, 'id int')"
            )
        ),
        Case(
            model(
                "days = dbt.ref('days')\n"
                "return dbt.ref('orders').groupBy('id').applyInPandas(\n"
                "    lambda frame: frame.head(⟦days⟧.count()), 'id int')"
            )
        ),
    ),
)
