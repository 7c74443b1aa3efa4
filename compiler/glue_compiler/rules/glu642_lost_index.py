"""GLU642: the index of a pandas frame, which is not written, has columns of the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import in_world, names_in_words
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ONE_CHAIN = re.compile(r"\w+|\w[^\0]*\)", re.DOTALL)
_JOINED = re.compile(r"\b(?:if|or|and)\b|[-+*/%&|]")


def _check(context: Context) -> Iterator[Finding]:
    flow = context.facts.flow
    for item in flow.returns:
        if item.unwritten and item.value_span is not None:
            yield Finding(
                item.value_span,
                f"{_called(item.unwritten)}, which is not written: "
                f"the table has no such column{in_world(item.worlds)}",
                help="Write `.reset_index()`, which makes columns of it.",
                fixes=_fixes(context, item.value_span),
            )
    for conversion in flow.conversions:
        if conversion.unwritten:
            yield Finding(
                conversion.span,
                f"{_called(conversion.unwritten)}, which `{conversion.method.rpartition('.')[2]}` "
                f"leaves out{in_world(conversion.worlds)}",
                help="Write `.reset_index()` before, which makes columns of it.",
            )


def _called(names: Sequence[str]) -> str:
    is_one = len(names) == 1
    return f"{names_in_words(names)} {'is' if is_one else 'are'} the index of this frame"


def _fixes(context: Context, span: Span) -> tuple[Fix, ...]:
    text = context.text(span)
    if _ONE_CHAIN.fullmatch(text) is None or _JOINED.search(
        re.sub(r"\(.*\)", "", text, flags=re.DOTALL)
    ):
        return ()
    edit = Edit(Span(span.end, span.end), ".reset_index()")
    return (Fix("Write `.reset_index()`", (edit,), "unsafe"),)


def _pandas(body: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{body}", head=_HEAD)


_HEAD = "import pandas as pd\n\n\n"


RULE = Rule(
    code="GLU642",
    name="lost-index",
    severity=Severity.WARNING,
    summary="The index of the returned pandas frame is lost.",
    why="""
A table is made of the columns of a pandas frame, not of its index. `set_index`, an aggregation of groups and
`pivot_table` make an index of columns: the keys. They are not in the table, and nothing fails. So it is with
`createDataFrame` and with `to_spark` of pandas on Spark.
""",
    fix="Write `.reset_index()`, or `groupby(..., as_index=False)`. The fix adds `.reset_index()` to the returned frame.",
    check=_check,
    valid=(
        *(
            Case(_pandas(body))
            for body in (
                "return df.groupby('a').sum().reset_index()",
                "return df.groupby('a', as_index=False).sum()",
                "df = df.set_index('a')\ndf['b'] = df['b'].cumsum()\nreturn df.reset_index()",
                "df = df.set_index('a')\ndf.reset_index(inplace=True)\nreturn df",
                "df = df.set_index('a', drop=False)\nreturn df",
                "df = df.set_index('a')\ndf['a'] = df.index\nreturn df",
                "df = df.set_index('a')\ndf['key'] = df.index\nreturn df",
                "df = df.set_index('a')\ndf.index = range(len(df))\nreturn df",
                "return df.set_index('a').sort_values('b', ignore_index=True)",
                "return df.set_index('a').merge(df, on='b')",
                "return df.groupby('a').agg(a=('a', 'first'), b=('b', 'sum'))",
                "return df.groupby('a').agg({'a': 'count'})",
                "return df.groupby('a').head(3)",
                "return df.groupby('a').apply(lambda rows: rows.head(1))",
                "return df.groupby(df['a'].str.upper()).sum()",
                "return df.groupby('a').transform('sum')",
                "return df.pivot_table(index='a', columns='b', values='c').reset_index()",
                "return df.set_index('a').rename_axis(None)",
                "if dbt.config.get('keyed'):\n    df = df.set_index('a')\nreturn df",
                "df = df.set_index('a').reset_index(drop=True)\nreturn df",
                "return pd.concat([df.set_index('a'), df.set_index('a')], axis=1).reset_index()",
                "return session.createDataFrame(df.set_index('a').reset_index())",
                "names = df.set_index('a').index.tolist()\nreturn df[df['a'].isin(names)]",
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').pandas_api()\nreturn df.groupby('a').sum().reset_index().to_spark()"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').pandas_api()\nreturn df.set_index('a').to_spark(index_col='a')"
            )
        ),
    ),
    invalid=(
        Case(
            _pandas("return ⟦df.groupby('a').sum()⟧"),
            fixed=_pandas("return df.groupby('a').sum().reset_index()"),
            unsafe=True,
            message="`a` is the index of this frame, which is not written",
        ),
        Case(
            _pandas("df = df.set_index(['a', 'b'])\ndf['c'] = df['c'].round()\nreturn ⟦df⟧"),
            fixed=_pandas(
                "df = df.set_index(['a', 'b'])\ndf['c'] = df['c'].round()\nreturn df.reset_index()"
            ),
            unsafe=True,
            message="`a`, `b` are the index",
        ),
        Case(_pandas("df.set_index('a', inplace=True)\nreturn ⟦df.sort_values('b')⟧")),
        Case(_pandas("return ⟦df.groupby(['a', 'b']).agg(c=('c', 'sum'), d=('d', 'max'))⟧")),
        Case(_pandas("return ⟦df.groupby('a')[['b', 'c']].mean()⟧")),
        Case(_pandas("return ⟦df.pivot_table(index='a', columns='b', values='c')⟧")),
        Case(
            _pandas(
                "table = df.pivot(index='a', columns='b', values='c')\nreturn ⟦table.fillna(0)⟧"
            )
        ),
        Case(_pandas("return ⟦df.groupby('a', as_index=True).agg({'b': 'sum'})[['b']]⟧")),
        Case(
            _pandas("df = df.groupby('a').sum()\nreturn ⟦session.createDataFrame(df)⟧"),
            message="which `createDataFrame` leaves out",
        ),
        Case(
            model("df = dbt.ref('orders').pandas_api()\nreturn ⟦df.groupby('a').sum().to_spark()⟧"),
            message="which `to_spark` leaves out",
        ),
        Case(model("df = dbt.ref('orders').pandas_api()\nreturn ⟦df.set_index('a')⟧")),
    ),
)
