"""GLU606: two returns of the model give frames with different columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import in_world, names_in_words
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameReturn
    from glue_compiler.facts.schemas import Schema

_NUMBERS = frozenset({"tinyint", "smallint", "int", "bigint", "float", "double"})


def _check(context: Context) -> Iterator[Finding]:
    schemas = context.schemas
    found: list[tuple[FrameReturn, Schema]] = []
    for item in context.facts.flow.returns:
        schema = None if item.frame is None else schemas.exact(item.frame)
        if schema is not None:
            found.append((item, schema))
    if not found:
        return
    last, expected = found[-1]
    evolves = context.config_value("on_schema_change") not in (None, "ignore")
    for item, schema in found[:-1]:
        same_run = bool(set(item.worlds) & set(last.worlds))
        if item.span == last.span or (not same_run and evolves):
            continue
        difference = _difference(schema, expected)
        if difference is not None:
            place = last.value_span or last.span
            yield Finding(
                item.value_span or item.span,
                f"this return{in_world(item.worlds)} {difference}",
                help="All returns of a model write the same table: give them the same columns.",
                related=(Related(None, place, "the other return"),),
            )


def _difference(schema: Schema, expected: Schema) -> str | None:
    """What tells two schemas apart; the order of columns is left to the way they are written."""
    have = {column.name.lower(): column for column in schema.columns}
    want = {column.name.lower(): column for column in expected.columns}
    missing = [column.name for key, column in want.items() if key not in have]
    extra = [column.name for key, column in have.items() if key not in want]
    parts = []
    if missing:
        parts.append(f"has no {names_in_words(missing)}")
    if extra:
        parts.append(f"has {names_in_words(extra)} besides")
    if parts:
        return f"{' and '.join(parts)}, unlike the last one"
    for key, column in have.items():
        other = want[key]
        if column.type and other.type and column.type != other.type:
            if {column.type, other.type} <= _NUMBERS:
                continue
            return f"has `{column.name}` as {column.type}, and the last one as {other.type}"
    return None


_HEAD = "from pyspark.sql import functions as F\n\n\n"

RULE = Rule(
    code="GLU606",
    name="returns-differ",
    severity=Severity.WARNING,
    summary="Returns of the model give different columns.",
    why="""
A model with several returns often ends early with an empty frame of a fixed schema. When that schema is
not the one of the main return, the table changes its columns from run to run, or an incremental run fails
with columns that the table does not have.

Only returns whose columns are all known are compared; their order is not.
""",
    fix="Give all returns the same columns, for example by a schema that both use.",
    check=_check,
    valid=(
        Case(
            model(
                "df = dbt.ref('orders').select('id', 'name')\nif df.isEmpty():\n"
                "    return session.createDataFrame([], 'name string, id int')\nreturn df"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif df.isEmpty():\n"
                "    return session.createDataFrame([], 'id int')\nreturn df"
            )
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', on_schema_change='append_new_columns')\n"
                "df = dbt.ref('orders').select('id')\nif dbt.is_incremental:\n"
                "    return df\nreturn df.withColumn('first', F.lit(True))",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders').select('id', 'name')\nif df.isEmpty():\n"
                "    return ⟦session.createDataFrame([], 'id int')⟧\nreturn df"
            ),
            message="has no `name`",
        ),
        Case(
            model(
                "df = dbt.ref('orders').select('id')\nif dbt.config.get('detail'):\n"
                "    return ⟦df.withColumn('detail', F.lit(1))⟧\nreturn df",
                head=_HEAD,
            ),
            message="has `detail` besides",
        ),
        Case(
            model(
                "df = dbt.ref('orders').select(F.lit('a').alias('id'))\nif df.isEmpty():\n"
                "    return ⟦session.createDataFrame([], 'id int')⟧\nreturn df",
                head=_HEAD,
            ),
            message="as int",
        ),
    ),
)
