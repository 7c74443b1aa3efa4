"""GLU619: a column bound to one frame in a method of another frame that has nothing to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._frames import called_relation, in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.columns import ForeignColumn
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame


def _is_any(_fact: ForeignColumn, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return True


_SCREEN = Screen("foreign_columns", _is_any)


def _check(context: Context) -> Iterator[Finding]:
    frames = context.facts.flow.frames
    for fact in context.kept_by(_SCREEN):
        owner, here = (
            ", ".join(called_relation(relation) for relation in frames[index].relations)
            for index in (fact.source, fact.frame)
        )
        yield Finding(
            fact.span,
            f"`{fact.name}` is a column of {owner}, and this frame of {here} was not joined with it"
            f"{in_world(fact.worlds)}",
            help=(
                "Join the frames first. A single value of the other frame is read with "
                "`.agg(...).first()[0]`, or joined with `crossJoin`."
            ),
        )


def _spark(body: str) -> str:
    return model(
        f"orders, items = dbt.ref('orders'), dbt.ref('items')\n{body}\nreturn orders",
        head="from pyspark.sql import functions as F\n\n\n",
    )


RULE = Rule(
    code="GLU619",
    name="foreign-column",
    severity=Severity.ERROR,
    summary="A column of another frame is used in a frame that was not joined with it.",
    why="""
`items.price` is the column of that very frame, not just a name. In a method of a frame that was not joined with `items`
Spark finds nothing that it could be, also where both frames have a column of the name, and raises
`Resolved attribute(s) "price" missing`. Only frames of different models, or of different sources, are compared.
""",
    fix="Join the frames first, or name the frame's own column.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            _spark(
                "orders = orders.join(items, orders.id == items.price).select(orders.id, items.price)"
            )
        ),
        Case(
            _spark(
                "orders = orders.join(items, orders.id == items.price).filter(items.price > 1).select(orders['*'])"
            )
        ),
        Case(
            _spark(
                "dear = items.filter(items.price > 1)\n"
                "orders = orders.join(dear, orders.id == dear.id).withColumn('z', items.price).select('z')"
            )
        ),
        Case(
            _spark(
                "few = orders.filter('x > 1').select('id', 'x')\norders = few.filter(orders.x > 2)"
            )
        ),
        Case(_spark("again = dbt.ref('orders')\norders = orders.filter(again.x > 2)")),
        Case(
            _spark(
                "column = orders.x\nif dbt.config.get('no') is None:\n    column = items.x\n"
                "orders = orders if column is None else orders.filter(F.lit(True) | orders.x.isNull())"
            )
        ),
        Case(
            _spark(
                "import operator\nboth = operator.methodcaller('crossJoin', items)(orders)\n"
                "orders = both.filter(items.price > 1).select(orders['*'])"
            )
        ),
        Case(
            _spark(
                "orders = orders.transform(operator.methodcaller('crossJoin', items)).select(items.price)"
            ).replace("from pyspark", "import operator\n\nfrom pyspark")
        ),
        Case(_spark("orders = orders.crossJoin(items).select(orders.id, items.price)")),
        Case(_spark("orders = orders.drop(items.price)")),
        Case(
            _spark(
                "try:\n    orders = orders.filter(items.price > 1)\nexcept Exception:\n    orders = orders.limit(1)"
            )
        ),
    ),
    invalid=(
        Case(
            _spark("orders = orders.withColumn('z', ⟦items.price⟧)").replace(
                "⟦items.price⟧", "items.⟦price⟧"
            ),
            message="`price` is a column of dbt.ref('items'), and this frame of dbt.ref('orders')",
        ),
        Case(_spark("orders = orders.filter(items.⟦price⟧ > 1)")),
        Case(_spark("orders = orders.where(orders.id == items.⟦id⟧)")),
        Case(_spark("orders = orders[orders.id.isin(items['⟦id⟧'])]")),
        Case(_spark("orders = orders.select('id', items['⟦price⟧'].alias('p'))")),
        Case(_spark("orders = orders.groupBy('id').agg(F.sum(items.⟦price⟧).alias('p'))")),
        Case(_spark("dear = items.filter('price > 1')\norders = orders.orderBy(dear.⟦price⟧)")),
        Case(
            _spark(
                "other = dbt.ref('other')\n"
                "orders = orders.join(other, orders.id == items.⟦id⟧).select(orders.id)"
            )
        ),
        Case(
            model(
                "a, b = dbt.source('raw', 'a'), dbt.source('raw', 'b')\nreturn a.filter(a.id == b.⟦id⟧)"
            )
        ),
    ),
)
