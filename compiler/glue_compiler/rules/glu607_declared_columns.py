"""GLU607: the returned columns are not those that the project declares for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.flow.spark.types import spark_type
from glue_compiler.rules._frames import in_world, names_in_words
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameReturn
    from glue_compiler.facts.schemas import Schema
    from glue_compiler.project.context import Node, RelationColumn

_TEXT = ("string", "varchar", "char", "text")


def _check(context: Context) -> Iterator[Finding]:
    node = context.node
    if node is None:
        return
    declared = [column for column in node.columns if column.provenance in ("contract", "yaml")]
    if not declared:
        return
    schemas = context.schemas
    for item in context.facts.flow.returns:
        schema = None if item.frame is None else schemas.exact(item.frame)
        if schema is not None:
            yield from _compare(item, schema, node, declared)


def _compare(
    item: FrameReturn, schema: Schema, node: Node, declared: list[RelationColumn]
) -> Iterator[Finding]:
    have = {column.name.lower(): column for column in schema.columns}
    names = {column.name.lower() for column in declared}
    where = "the contract" if node.contract else "YAML"
    place = item.value_span or item.span
    missing = [column for column in declared if column.name.lower() not in have]
    world = in_world(item.worlds)
    if missing:
        yield Finding(
            place,
            f"{where} declares {names_in_words([c.name for c in missing])}, which this does not return{world}",
            help=f"Its columns are {names_in_words(schema.names)}.",
            related=_places(missing),
        )
    extra = [column.name for column in schema.columns if column.name.lower() not in names]
    if extra and node.contract:
        yield Finding(
            place,
            f"this returns {names_in_words(extra)}{world}, which the contract does not declare",
            help="Declare the columns, or drop them.",
        )
    for column in declared:
        returned = have.get(column.name.lower())
        if returned is None or returned.type is None or column.type is None:
            continue
        if not _same_type(returned.type, column.type):
            yield Finding(
                place,
                f"`{returned.name}` is {returned.type}{world}, and {where} says {column.type}",
                help=f"Cast it: .withColumn({returned.name!r}, F.col({returned.name!r}).cast({column.type!r})).",
                related=_places([column]),
            )


def _same_type(returned: str, declared: str) -> bool:
    known, said = spark_type(returned), spark_type(declared)
    if known.startswith(_TEXT) and said.startswith(_TEXT):
        return True
    # A decimal or timestamp without details takes any.
    return known == said or {known.split("(")[0], said.split("(")[0]} == {"decimal"}


def _places(columns: list[RelationColumn]) -> tuple[Related, ...]:
    return tuple(
        Related(column.place.path, None, f"`{column.name}` is declared here", column.place.line)
        for column in columns
        if column.place is not None
    )


def _yaml(*columns: str) -> dict[str, str]:
    lines = "".join(f"      - {{{column}}}\n" for column in columns)
    return {
        "models/orders.sql": "select * from raw.orders",
        "models/schema.yml": f"models:\n  - name: orders_enriched\n    columns:\n{lines}",
    }


RULE = Rule(
    code="GLU607",
    name="declared-columns",
    severity=Severity.WARNING,
    summary="The model does not return the columns that are declared for it.",
    why="""
Columns in YAML are what readers of the docs, tests and other models rely on. A declared column that the
model does not return makes its tests fail and its description vanish. dbt does not compare them for
Python models, whose contracts it does not support.

Only returns whose columns are all known are compared. YAML need not list every column.
""",
    fix="Correct the name here or there, or cast the column to the declared type.",
    check=_check,
    valid=(
        Case(
            model("return dbt.ref('orders').select('id', 'name')"),
            files=_yaml("name: id", "name: NAME"),
        ),
        Case(model("return dbt.ref('orders')"), files=_yaml("name: anything")),
        Case(
            model("return session.createDataFrame([], 'id bigint, name string')"),
            files=_yaml("name: id, data_type: long", "name: name, data_type: varchar(20)"),
        ),
    ),
    invalid=(
        Case(
            model("return ⟦dbt.ref('orders').select('id', 'nmae')⟧"),
            files=_yaml("name: id", "name: name"),
            message="`name`",
        ),
        Case(
            model("return ⟦session.createDataFrame([], 'id string')⟧"),
            files=_yaml("name: id, data_type: int"),
            message="`id` is string",
        ),
        Case(
            model(
                "df = dbt.ref('orders').select('id', 'day')\nif dbt.is_incremental:\n"
                "    return ⟦df.drop('day')⟧\nreturn df"
            ),
            files=_yaml("name: id", "name: day"),
            message="in incremental runs",
        ),
    ),
)
