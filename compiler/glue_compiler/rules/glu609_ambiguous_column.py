"""GLU609: a column by a name that two sides of a join have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._joins import joins_that_repeat
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import ColumnUse, Join
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

# These take every column of the name (Dataset.scala), or replace them all.
_TAKES_ALL = frozenset({"drop", "dropDuplicates", "drop_duplicates", "withColumnRenamed"})


def _may_be_twice(use: ColumnUse, frame: Frame | None, _options: AnalysisOptions) -> bool:
    """Whether columns of the name may come from both sides of a join, and have to be told apart."""
    if frame is None or frame.kind != "spark" or use.method in _TAKES_ALL or use.how == "on":
        return False
    schema, name = frame.schema, use.name.lower()
    if not schema.has_all_names:
        return False
    written = [column.name.lower() for column in schema.columns].count(name)
    return len(schema.bases) + written > 1 or any(base.renamed for base in schema.bases)


_SCREEN = Screen("columns", _may_be_twice)


def _check(context: Context) -> Iterator[Finding]:
    flow = context.facts.flow
    if not flow.joins:
        return
    for use in context.kept_by(_SCREEN):
        join = _join_of(context, use)
        if join is not None:
            yield Finding(
                use.span,
                f"`{use.name}` is ambiguous{in_world(use.worlds)}: both sides of the join have it",
                help=(
                    "Join by name (`on='key'`) to keep one column, drop or rename one before, or name "
                    "the frame: left.column."
                ),
                related=(Related(None, join.on_span or join.span, "the join"),),
            )


def _join_of(context: Context, use: ColumnUse) -> Join | None:
    """The join by a condition that made the frame and brought the name from both sides."""
    name = use.name.lower()
    for join, names in joins_that_repeat(context, use.frame):
        if name in names:
            return join
    return None


def _joined(rest: str, on: str = "orders.id == items.id") -> str:
    return model(
        "orders = dbt.ref('orders').select('id', 'day')\n"
        "items = dbt.ref('items').select('id', 'price')\n"
        f"both = orders.join(items, {on})\n{rest}"
    )


_SEEDS = {
    "seeds/orders.csv": "id,day\n1,2\n",
    "seeds/items.csv": "item,price\n1,2\n",
}
_RELATIONS = """orders, items = dbt.ref('orders'), dbt.ref('items')
totals = orders.groupBy('id').count().withColumnRenamed('count', 'n')"""

RULE = Rule(
    code="GLU609",
    name="ambiguous-column",
    severity=Severity.ERROR,
    summary="A column is named that both sides of a join have.",
    why="""
A join by a condition keeps the columns of both sides, the equal ones twice. To name such a column without
its frame raises AMBIGUOUS_REFERENCE in the session. A join by name keeps the key once.
""",
    fix="Join by name (`orders.join(items, 'id')`), or drop or rename one of the columns.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_joined("return both.select('id', 'price')", on="'id'")),
        Case(_joined("return both.drop(items.id).select('id')")),
        Case(_joined("return both.select(orders.id, 'price')")),
        Case(_joined("return both.dropDuplicates(['id']).drop('id')")),
        Case(_joined("return both.withColumn('id', orders.id).select('id')")),
        Case(
            model(
                f"{_RELATIONS}\nreturn totals.join(items, totals.id == items.item).select('id', 'item')"
            ),
            files=_SEEDS,
        ),
        Case(
            model(
                f"{_RELATIONS}\nboth = totals.join(orders, totals.id == orders.id, 'left_anti')\n"
                "return both.select('id', 'n')"
            ),
            files=_SEEDS,
        ),
        Case(
            model(
                f"{_RELATIONS}\nboth = totals.join(orders, totals.id == orders.id).drop(orders.id)\n"
                "return both.select('id', 'n')"
            ),
            files=_SEEDS,
        ),
    ),
    invalid=(
        Case(_joined("return both.select('⟦id⟧', 'price')")),
        Case(_joined("return both.groupBy('⟦id⟧').count()")),
        Case(_joined("return both.filter(both.⟦id⟧ > 10)")),
        Case(_joined("return both.withColumn('more', orders.id + 1).select('⟦id⟧', 'more')")),
        Case(
            model(
                f"{_RELATIONS}\nboth = totals.join(orders, totals.id == orders.id)\n"
                "return both.withColumn('more', both.n + 1).select('⟦id⟧', 'day', 'more')"
            ),
            files=_SEEDS,
        ),
    ),
)
