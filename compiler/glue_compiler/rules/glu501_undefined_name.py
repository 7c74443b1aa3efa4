"""GLU501: a name that nothing defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.glu503_global_session import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

_KNOWN = {
    "F": "Import it: import pyspark.sql.functions as F.",
    "T": "Import it: import pyspark.sql.types as T.",
    "pd": "Import it: import pandas as pd.",
    "np": "Import it: import numpy as np.",
    "dbutils": "dbutils exists on Databricks only; use boto3.",
    "display": "display exists in notebooks only; use df.show().",
    "Window": "Import it: from pyspark.sql import Window.",
}
_FUNCTIONS = {"col", "lit", "when", "concat", "current_timestamp", "to_date", "row_number"}


def _check(context: Context) -> Iterator[Finding]:
    for item in context.facts.undefined_names:
        if item.name in NAMES and context.facts.session_parameter is not None:
            continue
        guess = item.similar[0] if item.similar else None
        advice = _KNOWN.get(item.name)
        if advice is None and item.name in _FUNCTIONS:
            advice = f"Import it: from pyspark.sql.functions import {item.name}."
        if advice is not None:
            guess = None
        hint = f"; did you mean `{guess}`?" if guess else ""
        yield Finding(
            item.span,
            f"the name `{item.name}` is not defined{hint}",
            help=advice,
            fixes=(Fix(f"Change it to `{guess}`", (Edit(item.span, guess),), "unsafe"),)
            if guess
            else (),
        )


RULE = Rule(
    code="GLU501",
    name="undefined-name",
    severity=Severity.ERROR,
    summary="A name is used that nothing defines.",
    why="""
It is a NameError when the line runs, after the session has started and everything before it has been
computed. Notebooks define names (`spark`, `dbutils`, `display`) that a model does not have. When the
file has `from x import *`, nothing is reported.
""",
    fix="Define or import the name, or correct it.",
    check=_check,
    valid=(
        Case(
            "import pyspark.sql.functions as F\n\n\n"
            + model("return dbt.ref('orders').select(F.lit(len('a')))")
        ),
        Case(
            "from pyspark.sql.functions import *\n\n\n"
            + model("return dbt.ref('orders').select(col('id'))")
        ),
    ),
    invalid=(
        Case(model("return dbt.ref('orders').select(⟦F⟧.lit(1))"), message="`F`"),
        Case(
            model("orders = dbt.ref('orders')\nreturn ⟦order⟧.distinct()"),
            fixed=model("orders = dbt.ref('orders')\nreturn orders.distinct()"),
            unsafe=True,
        ),
        Case(model("key = ⟦dbutils⟧.secrets.get('a', 'b')\nreturn dbt.ref('orders').alias(key)")),
    ),
)
