"""GLU703: a whole table is brought to the driver, of which some columns are used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import called_relation, names_in_words
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.facts.frames import Conversion

_MOST_NAMED = 20
# These bring columns of other frames, or make columns of values.
_ADDS = frozenset({"merge", "join", "concat", "pivot", "pivot_table", "unstack", "melt", "stack"})


def _check(context: Context) -> Iterator[Finding]:
    schemas = context.schemas
    flow = context.facts.flow
    spans = [conversion.span for conversion in flow.conversions]
    for item in flow.conversions:
        frame = flow.frames[item.source]
        if item.target != "pandas" or item.receiver is None or spans.count(item.span) > 1:
            continue
        if not item.demand or len(item.demand) > _MOST_NAMED or not frame.schema.bases:
            continue
        schema = schemas.of(item.source)
        if schema.exact:
            have = {name.lower() for name in schema.names}
            used = [name for name in item.demand if name.lower() in have]
            if not used or len(used) == len(schema.names):
                continue
            written: list[str] = []
        else:
            used, written = _read_and_written(context, item.demand)
            if not used or any(use.member in _ADDS for use in flow.members):
                continue
        table = called_relation(frame.schema.bases[0].relation)
        number = f"{len(schema.names)} columns" if schema.exact else "all columns"
        verb = "is" if len(used) == 1 else "are"
        yield Finding(
            item.span,
            f"collects {number} of {table}, uses {len(used)}: `select(...)` first; "
            f"{names_in_words(used)} {verb} used",
            help="Select the columns before the conversion.",
            fixes=() if written else _fixes(context, item, used),
        )


def _read_and_written(context: Context, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names that pandas code only reads, and those that it may also make."""
    text = context.source.text
    read: list[str] = []
    written: list[str] = []
    for name in names:
        quoted, plain = rf"['\"]{re.escape(name)}['\"]", rf"\b{re.escape(name)}"
        made = rf"{quoted}\s*\]*\s*=[^=]|[=:]\s*{quoted}|{plain}\s*=[^=]"
        (written if re.search(made, text) else read).append(name)
    return read, written


def _fixes(context: Context, item: Conversion, used: Sequence[str]) -> tuple[Fix, ...]:
    receiver = item.receiver
    if receiver is None or any('"' in name or "." in name or "\\" in name for name in used):
        return ()
    after = context.source.text[receiver.end :]
    if not after.lstrip().startswith(f".{item.method}"):
        return ()
    columns = ", ".join(f'"{name}"' for name in used)
    edit = Edit(Span(receiver.end, receiver.end), f".select({columns})")
    return (Fix("Select the used columns before the conversion", (edit,), "unsafe"),)


RULE = Rule(
    code="GLU703",
    name="unused-columns",
    severity=Severity.INFORMATION,
    summary="More columns come to the driver than are used.",
    why="""
`toPandas()` moves every column of every row through the driver's memory. Spark reads only the columns
that are asked for, but it cannot see what pandas does with them afterwards: 300,000 rows of 60 columns took
7.4 seconds, and 0.3 when the five used ones were selected first.

Reported only where all uses of the pandas frame are known and name their columns, and where a run does not
leave the others out by itself (`dbt-glue compile` shows what it does, and why it does not).
""",
    fix="Select the columns before converting: `df.select('a', 'b').toPandas()`.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders').toPandas()")),
        Case(model("df = dbt.ref('orders').select('a', 'b').toPandas()\nreturn df[['a']]")),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nreturn transform(df)",
                head="from shared import transform\n\n\n",
            ),
            settings={"modules": ["shared"]},
        ),
        Case(
            model("df = dbt.ref('countries').toPandas()\nreturn df[['code', 'name']]"),
            files={"seeds/countries.csv": "code,name\nde,Germany\n"},
        ),
        Case(model("df = dbt.ref('orders').toPandas()\ndf['size'] = 1\nreturn df[['size']]")),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nprices = dbt.ref('prices').toPandas()\n"
                "return df.merge(prices, on='id')[['id', 'price']]"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "df = ⟦dbt.ref('orders').toPandas()⟧\ndf['size'] = df['amount'] * 2\n"
                "return df[['amount', 'size']]"
            ),
            message="; `amount` is used",
        ),
        Case(
            model("df = ⟦dbt.ref('orders').toPandas()⟧\nreturn df[['id', 'amount']]"),
            fixed=model(
                'df = dbt.ref(\'orders\').select("amount", "id").toPandas()\n'
                "return df[['id', 'amount']]"
            ),
            unsafe=True,
        ),
        Case(
            model(
                "df = ⟦dbt.ref('orders').filter('id > 1').toPandas()⟧\n"
                "return df.groupby('day')['amount'].sum().reset_index()"
            )
        ),
        Case(
            model("df = ⟦dbt.ref('countries').toPandas()⟧\nreturn df[['code']]"),
            files={"seeds/countries.csv": "code,name\nde,Germany\n"},
            message="`code` is used",
        ),
    ),
)
