"""GLU317: the model's own table is read in the run that makes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import OwnTableRead

_ASKS_OR_MAKES = re.compile(
    r"tableExists|table_exists|listTables|isDeltaTable|saveAsTable|writeTo|\bshow\s+tables\b|\bcreate\s+(?:\w+\s+)*table\b",
    re.IGNORECASE,
)


def _check(context: Context) -> Iterator[Finding]:
    reads = context.facts.flow.own_table_reads
    if not reads or _ASKS_OR_MAKES.search(context.source.text):
        return
    for read in reads:
        if (
            "full" not in read.worlds
            or read.guarded
            or read.tried
            or _may_end_before(context, read)
        ):
            continue
        if context.config_value("materialized") == "table":
            advice = "Ask first: if session.catalog.tableExists(str(dbt.this))."
        else:
            advice = (
                "Read it under `if dbt.is_incremental:`, which is false where there is no table."
            )
        yield Finding(
            read.span,
            "the model's own table is read in full runs, and in the first one there is no such table",
            help=advice,
        )


def _may_end_before(context: Context, read: OwnTableRead) -> bool:
    """Whether another way to the end of the model leaves the read out."""
    returns = [
        item.span
        for item in context.facts.flow.returns
        if "full" in item.worlds and not item.implicit
    ]
    model_function = context.facts.model_function
    if model_function is None or read.function != model_function.name:
        return len(set(returns)) != 1
    return any(span.end <= read.span.start for span in returns)


_READ = "session.table(str(dbt.this))"
_OLD = f"⟦{_READ}⟧"
_START = "df = dbt.ref('orders')\n"


def _own(body: str, config: str = "materialized='incremental'") -> str:
    return model(f"dbt.config({config})\n{_START}{body}\nreturn df")


RULE = Rule(
    code="GLU317",
    name="own-table-first",
    severity=Severity.WARNING,
    summary="The model reads its own table where there is none yet.",
    why="""
`dbt.this` is the table that the model writes. In the first run, in each new schema and environment, Spark raises
TABLE_OR_VIEW_NOT_FOUND for it, at `session.table(...)` already. It goes unnoticed where the table was made before
the model began to read it.
""",
    fix="Read it only where `dbt.is_incremental` says that it is there.",
    check=_check,
    minimum="full",
    valid=(
        Case(_own(f"if dbt.is_incremental:\n    df = df.join({_READ}, 'id', 'left_anti')")),
        Case(
            _own(
                f"if not dbt.is_incremental:\n    return df\ndf = df.join({_READ}, 'id', 'left_anti')"
            )
        ),
        Case(
            _own(f"if session.catalog.tableExists(str(dbt.this)):\n    df = df.join({_READ}, 'id')")
        ),
        Case(_own(f"try:\n    df = df.join({_READ}, 'id')\nexcept Exception:\n    print('first')")),
        Case(_own(f"if df.isEmpty():\n    return df\ndf = df.join({_READ}, 'id', 'left_anti')")),
        Case(_own("print(dbt.this, dbt.this.schema)\nname = f'from {dbt.this}'\nprint(name)")),
        Case(_own("session.sql(f'drop table if exists {dbt.this}_old')")),
        Case(_own(f"if dbt.config.get('again'):\n    df = df.join({_READ}, 'id')")),
        Case(
            _own(
                f"def rest():\n    return {_READ}\n\n"
                "if dbt.is_incremental:\n    df = df.join(rest(), 'id', 'left_anti')"
            )
        ),
    ),
    invalid=(
        Case(_own(f"df = df.join({_OLD}, 'id', 'left_anti')"), message="in the first one"),
        Case(
            _own(f"old = {_OLD}\nif dbt.is_incremental:\n    df = df.join(old, 'id', 'left_anti')")
        ),
        Case(
            _own(
                "last = ⟦session.sql(f'select max(at) as at from {dbt.this}')⟧.first()[0]\nprint(last)"
            )
        ),
        Case(_own("df = df.unionByName(⟦session.table(f'{dbt.this}')⟧)", "materialized='table'")),
        Case(_own("df = df.join(⟦session.read.table(str(dbt.this))⟧, 'id')")),
        Case(_own(f"def rest():\n    return {_OLD}\n\ndf = df.join(rest(), 'id', 'left_anti')")),
        Case(model(f"dbt.config(materialized='incremental')\nreturn {_OLD}")),
    ),
)
