"""GLU615: a returned frame whose columns no table can have: a name twice, or one that is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import basis, columns_are_stated, in_world, names_in_words
from glue_compiler.rules._joins import joins_that_repeat
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameReturn, Join
    from glue_compiler.facts.schemas import Column, Schema

# What the session refuses in the name of a column, and what of it a name is better without.
_REFUSED = re.compile(r"[ ,;{}()\n\t=]")
_PIECES = re.compile(r"\w+")
_AGGREGATE = re.compile(r"\w+\(.*\)", re.DOTALL)


def _check(context: Context) -> Iterator[Finding]:
    for item in context.facts.flow.returns:
        if item.frame is None:
            continue
        schema = context.schemas.all_names(item.frame)
        if schema is None:
            continue
        stated = columns_are_stated(context, item.frame)
        severity = Severity.INFORMATION if basis(context, item.frame)[1] else Severity.WARNING
        for message, advice, related in _problems(context, item, schema):
            yield Finding(
                item.value_span or item.span,
                message + in_world(item.worlds),
                help=advice,
                related=related,
                severity=None if stated else severity,
            )


def _problems(
    context: Context, item: FrameReturn, schema: Schema
) -> Iterator[tuple[str, str, tuple[Related, ...]]]:
    again = _beside_all(context, item)
    if again:
        yield (
            f"the returned frame has {names_in_words(again)} more than once: `*` has {'it' if len(again) == 1 else 'them'} already",
            f"Leave it out, or give it another name; `withColumn({again[0]!r}, ...)` takes the old one's place.",
            (),
        )
    written: dict[str, list[str]] = {}
    for name in schema.names:
        written.setdefault(name.lower(), []).append(name)
    repeated = {key: names for key, names in written.items() if len(names) > 1}
    join, joined = _last_join(context, item)
    same = [names[0] for key, names in repeated.items() if key in joined or len(set(names)) == 1]
    same += [name for key, name in joined.items() if key not in repeated]
    folded = [names for names in repeated.values() if len(set(names)) > 1]
    if same:
        advice = "Leave one out, or give it another name."
        by_join = join is not None and same[0].lower() in joined
        if by_join:
            advice = (
                "A join by a condition keeps the columns of both sides: join by name "
                f"(`on={same[0]!r}`), or drop or rename one of them before."
            )
        yield (
            f"the returned frame has {names_in_words(same)} more than once, and a table has each name once",
            advice,
            (Related(None, join.on_span or join.span, "the join"),) if join and by_join else (),
        )
    if folded:
        pairs = ", ".join(" and ".join(f"`{name}`" for name in dict.fromkeys(n)) for n in folded)
        yield (
            f"the returned frame has {pairs}, which differ by case alone: a table has each name once",
            "Leave one out, or give it another name.",
            (),
        )
    wrong = list(dict.fromkeys(column.name for column in schema.columns if _is_refused(column)))
    if wrong:
        better = "_".join(_PIECES.findall(wrong[0])) or "column"
        how = (
            f"Name it where it is made: `.alias({better!r})`."
            if _AGGREGATE.fullmatch(wrong[0])
            else f"Rename it, for instance to `{better}`."
        )
        yield (
            f"a table cannot have a column {names_in_words(wrong)}: the name holds a space or one of `,;{{}}()=`",
            how,
            (),
        )


def _last_join(context: Context, item: FrameReturn) -> tuple[Join | None, dict[str, str]]:
    """The join by a condition that made the returned frame last, and the names that it left there twice."""
    found = [] if item.frame is None else list(joins_that_repeat(context, item.frame))
    return found[-1] if found else (None, {})


def _beside_all(context: Context, item: FrameReturn) -> list[str]:
    """What a `select` that makes the returned frame names beside `*`, and `*` has."""
    origin = None if item.frame is None else context.facts.flow.frames[item.frame].origin
    for select in context.facts.flow.star_selects:
        schema = context.schemas.exact(select.frame) if select.span == origin else None
        if schema is not None:
            have = {name.lower() for name in schema.names}
            return [name for name in select.names if name.lower() in have]
    return []


def _is_refused(column: Column) -> bool:
    """Whether no table has such a name. One that comes from a table unchanged is told otherwise there."""
    name = column.name
    return name != column.relation_column and (
        not name.strip() or _REFUSED.search(name) is not None
    )


_FUNCTIONS = "from pyspark.sql import functions as F\n\n\n"
_SEEDS = {"seeds/orders.csv": "id,day\n1,2\n", "seeds/items.csv": "id,price\n1,2\n"}


def _joined(result: str, on: str = "orders.id == items.id") -> str:
    return model(
        "orders = dbt.ref('orders').select('id', 'day')\n"
        "items = dbt.ref('items').select('id', 'price')\n"
        f"both = orders.join(items, {on})\nreturn {result}"
    )


def _spark(body: str) -> str:
    return model(f"df = dbt.ref('orders').select('id', 'day', 'amount')\n{body}", head=_FUNCTIONS)


def _pandas(body: str) -> str:
    return model(f"df = dbt.ref('orders').select('id', 'day').toPandas()\n{body}")


RULE = Rule(
    code="GLU615",
    name="unwritable-columns",
    severity=Severity.ERROR,
    summary="The returned frame has columns that no table can have.",
    why="""
A frame may have a name twice, a table may not, and Spark compares names without case: the result of such a
model cannot be written, which shows at its end, when all is computed. A join by a condition keeps both keys.
A name with a space, a parenthesis or one of `,;{}=` is refused as well: `groupBy("id").agg(F.sum("price"))`
makes `sum(price)`. Only returns whose columns are all known are judged.
""",
    fix="Join by name, drop or rename one of the columns, and name aggregates with `alias`.",
    check=_check,
    valid=(
        Case(_joined("both", on="'id'")),
        Case(_joined("both", on="['id']")),
        Case(_joined("both.drop(items.id)")),
        Case(_joined("both.drop('id')")),
        *(
            Case(
                model(
                    "orders, items = dbt.ref('orders'), dbt.ref('items')\n"
                    "totals = orders.groupBy('id').agg(F.max('day').alias('last'))\n"
                    f"both = totals.join(items, {on})\nreturn {result}",
                    head=_FUNCTIONS,
                ),
                files=_SEEDS,
            )
            for on, result in (
                ("'id'", "both"),
                ("totals.id == items.id, 'left_semi'", "both"),
                ("totals.id == items.id", "both.drop(items.id)"),
                ("totals.id == items.id", "both.select(totals.id, 'last', 'price')"),
                ("totals.id == items.id", "both.drop('id')"),
                (
                    "totals.id == items.id, 'left_semi' if dbt.config.get('x') else 'left_anti'",
                    "both",
                ),
            )
        ),
        Case(_joined("both.select(orders.id, 'price')")),
        Case(_joined("orders.join(items, orders.id == items.id, 'left_semi')")),
        Case(_joined("both.select('price')", on="orders.id == items.id")),
        Case(
            model(
                "orders = dbt.ref('orders').select('id', 'day')\n"
                "items = dbt.ref('items').select('id', 'price').withColumnRenamed('id', 'item')\n"
                "return orders.join(items, orders.id == items.item)"
            )
        ),
        Case(_joined("orders.alias('o').join(items.alias('i'), 'id').select('o.*', 'i.price')")),
        Case(
            model(
                "orders = dbt.ref('orders').select('id', 'day')\n"
                "items = dbt.ref('items').select('id', 'price')\n"
                "both = orders.alias('o').join(items.alias('i'), F.col('o.id') == F.col('i.id'))\n"
                "return both.select(F.col('o.*'), F.col('i.price'))",
                head=_FUNCTIONS,
            )
        ),
        Case(
            model(
                "orders, items = dbt.ref('orders'), dbt.ref('items')\n"
                "return orders.join(items, orders.id == items.id).select(orders['*'], items.id.alias('item'))"
            )
        ),
        Case(_spark("return df.withColumn('ID', F.col('id') + 1)")),
        Case(_spark("return df.groupBy('id').agg(F.sum('amount').alias('amount'))")),
        Case(_spark("return df.groupBy('id').count()")),
        Case(_spark("return df.withColumnRenamed('id', 'ID').toDF('a', 'b', 'c')")),
        Case(_spark("df.select('id', 'id').show()\nreturn df")),
        Case(
            model(
                "orders = dbt.ref('orders')\norders.select('*', 'id').show()\n"
                "return orders.select('*', F.col('id').alias('key')).drop('id')",
                head=_FUNCTIONS,
            ),
            files=_SEEDS,
        ),
        Case(_spark("return df.select(F.col('id').alias('order-id'), F.lit(1).alias('100%'))")),
        Case(_pandas("df['ID2'] = df['id']\nreturn df.rename(columns={'day': 'Day'})")),
    ),
    invalid=(
        Case(_joined("⟦both⟧"), message="has `id` more than once"),
        Case(_joined("⟦both.filter('price > 1').limit(3)⟧")),
        Case(_joined("⟦orders.crossJoin(items)⟧")),
        Case(
            model(
                "orders, items = dbt.ref('orders'), dbt.ref('items')\n"
                "totals = orders.groupBy('id').agg(F.max('day').alias('last'))\n"
                "return ⟦totals.join(items, totals.id == items.id).withColumn('more', items.price + 1)⟧",
                head=_FUNCTIONS,
            ),
            files=_SEEDS,
            message="has `id` more than once",
        ),
        Case(
            model(
                "orders, items = dbt.ref('orders'), dbt.ref('items')\n"
                "return ⟦orders.join(items, orders.id == items.id)⟧"
            ),
            files=_SEEDS,
        ),
        Case(_spark("return ⟦df.select('id', 'day', 'id')⟧")),
        Case(
            model(
                "orders = dbt.ref('orders').filter('id > 1')\n"
                "return ⟦orders.select('*', F.col('day').cast('int').alias('Day'), F.lit(1).alias('one'))⟧",
                head=_FUNCTIONS,
            ),
            files=_SEEDS,
            message="has `Day` more than once: `*` has it already",
        ),
        Case(_spark("return ⟦df.select('*', F.col('id'))⟧")),
        Case(_spark("return ⟦df.select('*', F.col('amount').alias('Day'))⟧"), message="by case"),
        Case(_spark("return ⟦df.withColumnRenamed('day', 'id')⟧")),
        Case(_spark("return ⟦df.toDF('a', 'b', 'A')⟧"), message="`a` and `A`"),
        Case(_spark("return ⟦df.groupBy('id').agg(F.max('id').alias('id'))⟧")),
        Case(
            _spark("return ⟦df.groupBy('id').agg(F.sum('amount'))⟧"),
            message="cannot have a column `sum(amount)`",
        ),
        Case(_spark("return ⟦df.groupBy('id').avg('amount')⟧"), message="`avg(amount)`"),
        Case(_spark("return ⟦df.withColumn('order id', F.col('id'))⟧"), message="`order id`"),
        Case(_pandas("return ⟦df.rename(columns={'day': 'id'})⟧")),
        Case(_pandas("df['Id'] = 1\nreturn ⟦df⟧"), message="`id` and `Id`"),
        Case(_pandas("df['the day'] = 1\nreturn ⟦df⟧"), message="`the day`"),
        Case(_pandas("return ⟦df[['id', 'day', 'id']]⟧")),
        Case(
            model(
                "if dbt.is_incremental:\n    return ⟦dbt.ref('a').select('x', 'x')⟧\n"
                "return dbt.ref('a').select('x')"
            ),
            message="in incremental runs",
        ),
    ),
)
