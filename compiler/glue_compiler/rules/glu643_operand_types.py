"""GLU643: an operator, a condition or a branch of types that do not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._types import Part, mistyped
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.types import TypedExpression

_FIELDS = {"getField": "fields", "getItem": "items"}


def _is_operation(fact: TypedExpression) -> bool:
    return fact.argument is None and fact.operation != "cast"


def _check(context: Context) -> Iterator[Finding]:
    yield from mistyped(context, _is_operation, _said)


def _said(fact: TypedExpression, parts: list[Part]) -> tuple[str, str]:
    operation = fact.operation
    first = parts[0]
    types = " and ".join(part.type for part in parts)
    if operation == "condition":
        return (
            f"`{first.text}` is {first.type}, and a condition is a boolean",
            "Compare it with something.",
        )
    if operation in _FIELDS:
        return (
            f"`{first.text}` is {first.type}, which has no {_FIELDS[operation]}",
            "Only structs, arrays and maps have parts.",
        )
    if len(parts) == 1:
        word = "-" if operation == "negative" else operation
        return f"`{word}` does not take {first.type} (`{first.text}`)", "Cast it first."
    if operation in ("==", "<", "isin"):
        return (
            f"Spark does not compare {types} (`{first.text}` and `{parts[1].text}`)",
            "Cast one of them to the type of the other.",
        )
    if operation in ("when", "coalesce"):
        word = "branches of `when`" if operation == "when" else "arguments of `coalesce`"
        return (
            f"the {word} are {types} (`{first.text}` and `{parts[1].text}`), which have no type in common",
            "Cast one of them to the type of the other.",
        )
    if operation == "&":
        return (
            f"`&` and `|` take two booleans, not {types} (`{first.text}` and `{parts[1].text}`)",
            "Compare the columns first, in parentheses.",
        )
    return (
        f"`{operation}` does not take {types} (`{first.text}` and `{parts[1].text}`)",
        "Cast one of them first.",
    )


_HEAD = "from pyspark.sql import Window, functions as F\n\n\n"
_COLUMNS = {
    "id": "bigint",
    "name": "string",
    "amount": "decimal(10,2)",
    "day": "date",
    "at": "timestamp",
    "paid": "boolean",
    "tags": "array<string>",
    "place": "struct<city:string>",
    "n": "int",
    "share": "double",
}


def _files(*, contract: bool) -> dict[str, str]:
    lines = [
        "models:",
        "  - name: orders",
        f"    config: {{contract: {{enforced: {str(contract).lower()}}}}}",
    ]
    lines += [
        "    columns:",
        *(f"      - {{name: {n}, data_type: '{t}'}}" for n, t in _COLUMNS.items()),
    ]
    return {
        "models/orders.sql": (
            "select id, name, amount, day, at, paid, tags, place, n, share\n"
            "from {{ source('raw', 'orders') }}"
        ),
        "models/orders.yml": "\n".join(lines) + "\n",
    }


FILES = _files(contract=True)
"""A model `orders` with a contract: a column of each of some types."""
FILES_WITHOUT_CONTRACT = _files(contract=False)


def typed(body: str, **more: object) -> Case:
    """A model that reads `orders` and does something with it."""
    text = model(f"df = dbt.ref('orders')\n{body}\nreturn df", head=_HEAD)
    return Case(text, files=FILES, **more)  # type: ignore[arg-type]


RULE = Rule(
    code="GLU643",
    name="operand-types",
    severity=Severity.ERROR,
    summary="An operator, a condition or a branch has values of types that do not go together.",
    why="""
Spark casts numbers to numbers and strings to nearly all, and refuses the rest when the line is reached
(`DATATYPE_MISMATCH`): a date compared with a number, `&` of what are no booleans, a column as the condition of
`filter`, `when` and `otherwise` with a date and a number. The types are those of the code (casts, literals, functions)
and of what the project knows of its relations; where only YAML without a contract says them, this is a warning.
""",
    fix="Cast one side, or compare first.",
    check=_check,
    valid=(
        typed("df = df.filter(F.col('id') > '5').filter(F.col('day') > '2024-01-01')"),
        typed("df = df.filter(df.amount > 1).filter(df['share'] == df.n)"),
        typed("df = df.filter('paid').filter(F.col('paid')).filter(df.paid)"),
        typed("df = df.filter(F.col('paid') & (F.col('n') > 1) | ~F.col('paid'))"),
        typed("df = df.withColumn('next', F.col('day') + 1)"),
        typed("df = df.withColumn('a', F.when(df.paid, F.col('n')).otherwise(F.lit(None)))"),
        typed(
            "df = df.withColumn('a', F.when(df.paid, F.lit('no')).when(df.n > 1, F.col('day')).otherwise(1))"
        ),
        typed("df = df.withColumn('a', F.coalesce('name', 'id', F.lit('x')))"),
        typed(
            "df = df.withColumn('day', F.col('day').cast('string'))\ndf = df.filter(F.col('day') > 1)"
        ),
        typed(
            "df = df.withColumn('day', F.lit(len(df.columns)))\ndf = df.filter(F.col('day') > 1)"
        ),
        typed("df = df.select(F.col('place.city'), F.col('tags')[0], df.place.city)"),
        typed("df = df.filter(F.col('name').isin('a', 'b') & F.col('n').between(1, 5))"),
        typed(
            "df = df.select('id').union(df.select('name')).filter(F.col('id') == F.current_date())"
        ),
        typed(
            "other = dbt.ref('orders').select(F.col('name').alias('id'))\ndf = df.join(other, 'id', 'right').filter(F.col('id') > F.current_date())"
        ),
        typed("df = df.select((F.col('id') + 1).alias('later'), (F.col('later') > 1).alias('b'))"),
        typed(
            "try:\n    df = df.filter(F.col('day') > 1)\nexcept Exception:\n    df = df.limit(1)"
        ),
        typed(
            "if dbt.config.get('x'):\n    df = df.withColumn('day', F.lit(1))\ndf = df.filter(F.col('day') > 1)"
        ),
        Case(model("df = dbt.ref('orders')\nreturn df.filter(df.day > 1)", head=_HEAD)),
    ),
    invalid=(
        typed(
            "df = df.filter(⟦F.col('day') > 20240101⟧)",
            message="Spark does not compare date and int (`F.col('day')` and `20240101`)",
        ),
        typed("df = df.filter(⟦df.at == df.n⟧)", message="timestamp and int"),
        typed("df = df[⟦df.day <= F.lit(5)⟧]"),
        typed("df = df.filter(⟦F.col('tags') == 'new'⟧)", message="array<string> and string"),
        typed(
            "df = df.filter(⟦F.col('n')⟧)",
            message="`F.col('n')` is int, and a condition is a boolean",
        ),
        typed("df = df.where(⟦df.name⟧)"),
        typed(
            "df = df.filter(⟦F.col('paid') & F.col('n')⟧)",
            message="take two booleans, not boolean and int",
        ),
        typed("df = df.filter(⟦~F.col('n')⟧)", message="`~` does not take int"),
        typed(
            "df = df.withColumn('a', ⟦F.when(df.paid, F.col('day')).otherwise(0)⟧)",
            message="the branches of `when` are date and int",
        ),
        typed(
            "df = df.withColumn('a', F.when(⟦F.col('n')⟧, 1))", message="a condition is a boolean"
        ),
        typed(
            "df = df.withColumn('a', ⟦F.coalesce('day', F.lit(0))⟧)",
            message="arguments of `coalesce`",
        ),
        typed(
            "df = df.withColumn('a', ⟦F.col('at') * 2⟧)",
            message="`*` does not take timestamp and int",
        ),
        typed("df = df.filter(⟦F.col('day').isin(1, 2)⟧)", message="does not compare date and int"),
        typed(
            "df = df.select(⟦F.col('id').getField('x')⟧)", message="is bigint, which has no fields"
        ),
        typed("df = df.select(⟦F.col('name')['x']⟧)", message="is string, which has no items"),
        typed(
            "df = df.withColumn('d', F.to_date('name')).filter(⟦F.col('d') > 5⟧)",
            message="date and int",
        ),
        typed(
            "df = df.groupBy('name').agg(F.max(F.col('day').cast('date')).alias('d')).filter(⟦F.col('d') == 1⟧)"
        ),
        typed(
            "other = dbt.ref('orders')\ndf = df.join(other, ⟦df.day == other.id⟧)",
            message="date and bigint",
        ),
        typed(
            "other = df.select('id', F.col('n').alias('m'))\ndf = df.join(other, 'id').filter(⟦F.col('day') < F.col('m')⟧)"
        ),
    ),
)
