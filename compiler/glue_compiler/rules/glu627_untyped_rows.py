"""GLU627: rows for `createDataFrame` whose types nobody can tell, or that have another number of values than columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.columns import UntypedRows
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame


def _is_any(_fact: UntypedRows, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return True


_SCREEN = Screen("untyped_rows", _is_any)


def _check(context: Context) -> Iterator[Finding]:
    for fact in context.kept_by(_SCREEN):
        given = "names have no types" if fact.named else "there is no schema"
        message = f"a frame of no rows gets its types from the schema alone, and {given}"
        advice = "Write the types: `createDataFrame([], 'id bigint, name string')`."
        if fact.row is not None:
            message = "a row is a tuple, a dict or a Row, and these are plain values"
            advice = "Write a tuple for each row, `[(1,), (2,)]`, or a type as the schema: `'int'`."
        if fact.width is not None:
            values = "one value" if fact.width == 1 else f"{fact.width} values"
            one = "" if fact.wanted == 1 else "s"
            columns = f"name{one}" if fact.named else f"column{one}"
            message = f"the schema has {fact.wanted} {columns}, and a row has {values}"
            advice = "Give each row a value for each column; `None` is one, too."
        yield Finding(fact.span, message + in_world(fact.worlds), help=advice)


RULE = Rule(
    code="GLU627",
    name="untyped-rows",
    severity=Severity.ERROR,
    summary="`createDataFrame` cannot make a frame of these rows.",
    why="""
Without types in the schema Spark reads them from the rows. Of no rows there is nothing to read, also where the columns
have names: `createDataFrame([], ["id"])` raises `can not infer schema from empty dataset`. Plain values instead of rows
raise `can not infer schema for type`.

More names than a row has values raise `list index out of range`; a schema with types wants as many values as it has
columns (fewer names than values are no error: Spark makes up `_2` and so on).
""",
    fix="""
Give a schema with types: `createDataFrame([], 'id bigint, name string')`, or a StructType; and each row as many values
as there are columns.
""",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model("return session.createDataFrame([], 'id bigint, name string')")),
        Case(
            model("orders = dbt.ref('orders')\nreturn session.createDataFrame([], orders.schema)")
        ),
        Case(
            model(
                "return session.createDataFrame([], T.StructType([T.StructField('id', T.LongType())]))",
                head="from pyspark.sql import types as T\n\n\n",
            )
        ),
        Case(model("return session.createDataFrame([(1, 'x')], ['id', 'name'])")),
        Case(model("return session.createDataFrame([1, 2], 'int')")),
        Case(model("return session.createDataFrame([(1, 'x', 2)], ['id', 'name'])")),
        Case(model("return session.createDataFrame([(1,), (1, 'x')], ['id', 'name'])")),
        Case(model("return session.createDataFrame([{'id': 1}], 'id int, name string')")),
        Case(
            model("return session.createDataFrame([(1,)], 'id int, p string', verifySchema=False)")
        ),
        Case(model("return session.createDataFrame([('x', [1, 2])], 'id string, p array<int>')")),
        Case(
            model(
                "more = dbt.config.get('keys') * 2\n"
                "return session.createDataFrame([(1, *more)], ['id', 'name', 'day'])"
            )
        ),
        Case(model("return session.createDataFrame([{'id': 1}])")),
        Case(
            model(
                "rows = []\n\ndef add(rows, row):\n    rows.append(row)\n\nfor n in range(3):\n    add(rows, (n,))\n"
                "return session.createDataFrame(rows, ['id'])"
            )
        ),
        Case(
            model(
                "try:\n    df = session.createDataFrame([], ['id'])\n"
                "except Exception:\n    df = session.createDataFrame([], 'id int')\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model("return session.createDataFrame(⟦[]⟧, ['id', 'name'])"),
            message="a frame of no rows gets its types from the schema alone, and names have no types",
        ),
        Case(model("names = ['id', 'name']\nreturn session.createDataFrame(⟦[]⟧, schema=names)")),
        Case(model("return session.createDataFrame(⟦[]⟧)"), message="there is no schema"),
        Case(model("return session.createDataFrame(data=⟦[]⟧, schema=None)")),
        Case(model("return session.createDataFrame(⟦[]⟧, ('id',))")),
        Case(
            model(
                "orders = dbt.ref('orders')\nreturn session.createDataFrame(⟦[]⟧, orders.columns)"
            )
        ),
        Case(
            model("return session.createDataFrame(⟦['x', 'y']⟧, ['name'])"),
            message="these are plain values",
        ),
        Case(model("return session.createDataFrame(⟦[1, 2, 3]⟧)")),
        Case(
            model("return session.createDataFrame(⟦[(1,), (2,)]⟧, ['id', 'name'])"),
            message="the schema has 2 names, and a row has one value",
        ),
        Case(model("rows = [[1, 2]]\nreturn session.createDataFrame(⟦rows⟧, ('a', 'b', 'c'))")),
        Case(
            model("return session.createDataFrame(⟦[(1, 'x'), (2,)]⟧, 'id int, name string')"),
            message="the schema has 2 columns, and a row has one value",
        ),
        Case(
            model(
                "kind = T.StructType([T.StructField('id', T.LongType())])\n"
                "return session.createDataFrame(⟦[(1, 'x')]⟧, kind)",
                head="from pyspark.sql import types as T\n\n\n",
            ),
            message="the schema has 1 column, and a row has 2 values",
        ),
    ),
)
