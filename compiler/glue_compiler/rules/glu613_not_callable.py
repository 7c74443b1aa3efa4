"""GLU613: a call of something that is no function."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.modules import is_module, names_of, starred
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Import
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import WrongCall
    from glue_compiler.facts.schemas import Frame

_WHAT = {
    "string": "a string",
    "number": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a tuple",
    "set": "a set",
    "dict": "a dict",
    "frame": "a frame",
    "series": "a series",
    "column": "a column",
    "grouped": "a grouped frame",
    "rows": "rows",
    "module": "a module",
}
_BRACKETS = frozenset({"list", "tuple", "dict", "frame", "series", "rows", "grouped"})


def _is_untried(call: WrongCall, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not call.tried


_SCREEN = Screen("wrong_calls", _is_untried)


def _check(context: Context) -> Iterator[Finding]:
    for call in context.kept_by(_SCREEN):
        if asked_about(call.name, context.source.text):
            continue
        imports = context.facts.imports
        hidden = [item for item in imports if item.bound == call.name]
        hidden = hidden or [item for item in imports if _brings(context, item, call.name)]
        named = context.text(call.span)
        message = f"`{named}` is {_WHAT[call.value]} here, which cannot be called"
        advice = None
        if call.value == "module":
            module = hidden[0].module if hidden and hidden[0].name is None else named
            last = module.rpartition(".")[2]
            inside = is_module(module) and last in names_of(module, context.settings.glue_version)
            advice = f"Write `{named}.{last}(...)`." if inside else "Call something in it."
            hidden = []
        elif hidden or hasattr(builtins, call.name or ""):
            message += f": a variable hides the function `{named}`"
            advice = "Give the variable another name."
        elif call.value in _BRACKETS:
            advice = f"Square brackets take something out of it: `{named}[...]`."
        yield Finding(
            call.span,
            message + in_world(call.worlds),
            help=advice,
            related=tuple(Related(None, item.span, "the hidden function") for item in hidden[:1]),
        )


def _brings(context: Context, item: Import, name: str | None) -> bool:
    """Whether a star import brings a name."""
    if item.name != "*" or name is None:
        return False
    return name in (starred(item.module, context.settings.options.spark) or ())


_HEAD = "from pyspark.sql.functions import col, trim\n\n\n"

RULE = Rule(
    code="GLU613",
    name="not-callable",
    severity=Severity.ERROR,
    summary="Something is called that is no function.",
    why="""
`for col in df.columns:` makes `col` a string, and `col("x")` in the loop is `'str' object is not callable`.
So is `df("id")`, where square brackets are meant, and a function whose name a variable was given. Python says so
when the line runs, in the session.
""",
    fix="Give the variable a name that no function has, or write square brackets.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            model(
                "df = dbt.ref('orders')\nfor name in df.columns:\n"
                "    df = df.withColumn(name, trim(col(name)))\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "def clean(df, how='none'):\n    return how(df) if callable(how) else df\n"
                "return clean(dbt.ref('orders'))"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nsteps = [lambda df: df.limit(1)]\nfor step in steps:\n"
                "    df = step(df)\nreturn steps[0](df)"
            )
        ),
        Case(
            model(
                "print(datetime(2024, 1, 1), time())\nreturn dbt.ref('orders')",
                head="from datetime import datetime\nfrom time import time\n\n\n",
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\ntry:\n    df('id')\nexcept TypeError:\n    pass\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\nfor col in df.columns:\n"
                "    df = df.withColumn(col, trim(⟦col⟧(col)))\nreturn df",
                head=_HEAD,
            ),
            message="`col` is a string here, which cannot be called: a variable hides the function",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nfor col in ['a', 'b']:\n"
                "    df = df.withColumn(col, trim(⟦col⟧(col)))\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model("df = dbt.ref('orders')\nreturn df.filter(⟦df⟧('id') > 3)"),
            message="`df` is a frame here, which cannot be called",
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nmax = df.shape\nlist = ['a']\nreturn df[⟦list⟧('a')]"
            ),
            message="a variable hides the function `list`",
        ),
        Case(
            model(
                "print(⟦datetime⟧(2024, 1, 1))\nreturn dbt.ref('orders')",
                head="import datetime\n\n\n",
            ),
            message="`datetime` is a module here, which cannot be called",
        ),
        Case(
            model(
                "return dbt.ref('orders').select(⟦T⟧('a'))",
                head="from pyspark.sql import types as T\n\n\n",
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nfor place, col in enumerate(df.columns):\n"
                "    df = df.withColumn(col, trim(⟦col⟧(col)))\nreturn df",
                head="from pyspark.sql.functions import *\n\n\n",
            ),
            message="a variable hides the function `col`",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nfor col, kind in df.dtypes:\n    if kind == 'string':\n"
                "        df = df.withColumn(col, trim(⟦col⟧(col)))\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nsum = 1\nsum += df.count()\n"
                "return df.limit(⟦sum⟧([sum, 1]))"
            ),
            message="`sum` is a number here",
        ),
        Case(model("df = dbt.ref('orders')\ncount = df.count()\nprint(⟦count⟧())\nreturn df")),
        Case(model("df = dbt.ref('orders')\nreturn df.select(⟦df['a']⟧('x'))")),
    ),
)
