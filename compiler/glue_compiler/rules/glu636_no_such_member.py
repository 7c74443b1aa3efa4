"""GLU636: a value of Python's own that has no such member, such as the list that collect() gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.frames import PANDAS_VERSIONS, api
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import PlainUse
    from glue_compiler.facts.schemas import Frame

_WHAT = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a string",
    "list": "a list",
    "tuple": "a tuple",
    "set": "a set",
    "dict": "a dict",
    "method": "a method that is not called",
}


def _is_untried(use: PlainUse, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not use.tried


_SCREEN = Screen("plain_uses", _is_untried)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        if asked_about(use.name, context.source.text):
            continue
        named = context.text(use.span)
        called = " ".join(named.split())
        shown = f"`{called}`" if len(called) <= _LONGEST else "this"
        lacking = f"has no `{use.member}`" if use.member else "has no items to take out"
        imports = [item for item in context.facts.imports if item.bound == use.name]
        advice = None
        message = f"{shown} is {_WHAT[use.kind]} here, which {lacking}"
        if use.kind == "method":
            advice = "Call it: add parentheses where it is taken, `...()`."
        elif imports:
            message += f": a variable hides the imported `{use.name}`"
            advice = "Give the variable another name."
        elif use.member and _is_of_frames(use.member):
            advice = f"`{use.member}` is of a frame or column: keep that under a name, and this value under its own."
        yield Finding(
            use.span,
            message + in_world(use.worlds),
            help=advice,
            related=tuple(Related(None, item.span, "the hidden import") for item in imports[:1]),
        )


_LONGEST = 40
_OWNERS = ("spark", "spark.column")


def _is_of_frames(member: str) -> bool:
    spark = (api(owner, "3.5").member(member) for owner in _OWNERS)
    return any(
        found is not None for found in (*spark, api("pandas", PANDAS_VERSIONS[-1]).member(member))
    )


_F = "from pyspark.sql import functions as F\n\n\n"

RULE = Rule(
    code="GLU636",
    name="no-such-member",
    severity=Severity.ERROR,
    summary="A list, a number, a text or a method that is not called is used as if it were a frame.",
    why="""
`df = df.collect()` makes `df` a list, `df = df.count()` a number, and `df = df.distinct` without parentheses a
method. The next line that uses it as a frame is `'list' object has no attribute 'filter'`, in the session.
""",
    fix="Keep the frame under its own name, call the method, or give the variable a name that hides nothing.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            model(
                "df = dbt.ref('orders')\nrows = df.collect()\nrows.sort()\nrows.append(rows[0])\n"
                "return df.limit(rows.index(rows[0]) + 1)"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nrows = df.collect()\nfor i in range(1):\n    print(rows[i].id)\n"
                "print(rows[0].id, df.first().id, df.head().id, df.head(2)[1].id)\nreturn df"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\ntotal = df.count()\n"
                "print(total.bit_length(), total.real, str(total).zfill(3), (total / 2).is_integer())\nreturn df"
            )
        ),
        Case(
            model(
                "pdf = dbt.ref('orders').toPandas()\nprint(pdf.columns.tolist(), pdf.columns.str.lower())\n"
                "names = pdf.columns.insert(0, 'x')\nprint(names.tolist(), (['a'] + pdf.columns[:1]).tolist())\n"
                "return pdf"
            )
        ),
        Case(
            model(
                "pdf = dbt.ref('orders').toPandas()\ntotal = pdf['id'].count() + 1\n"
                "print(total.item(), (total / 2).round(1), pdf.size.bit_length())\nreturn pdf"
            )
        ),
        Case(
            model(
                "import numpy as np\nfrom collections import OrderedDict\n"
                "values = np.array([1, 2])\nprint((values == values).all(), OrderedDict(a=1).move_to_end('a'))\n"
                "return dbt.ref('orders')"
            )
        ),
        Case(
            model(
                "def first(value, listed):\n    if listed:\n        return value[0]\n    return value.limit(1)\n"
                "df = dbt.ref('orders')\nfirst([df], True)\nreturn first(df, False)"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nrows = df.collect()\nif isinstance(rows, list):\n    return df\n"
                "return rows.limit(1)"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\ntry:\n    df.collect().limit(1)\nexcept AttributeError:\n    pass\n"
                "return df"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nkeep = df.distinct\nprint(keep.__name__, keep.__self__.columns)\n"
                "return keep().limit(1)"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nfor row in df.toLocalIterator():\n    print(row.id, row.asDict())\n"
                "print(df.toPandas().plot.bar, df.write.mode, df.na.fill)\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model("df = dbt.ref('orders')\ndf = df.collect()\nreturn ⟦df⟧.filter('id > 1')"),
            message="`df` is a list here, which has no `filter`",
        ),
        Case(
            model("df = dbt.ref('orders')\ndf = df.count()\nreturn ⟦df⟧.limit(1)"),
            message="`df` is a whole number here, which has no `limit`",
        ),
        Case(model("df = dbt.ref('orders')\ndf = df.head(5)\nreturn ⟦df⟧.select('id')")),
        Case(model("df = dbt.ref('orders')\nprint(⟦df.take(2)⟧.id)\nreturn df")),
        Case(
            model("df = dbt.ref('orders')\ndf = df.distinct\nreturn ⟦df⟧.limit(1)"),
            message="`df` is a method that is not called here, which has no `limit`",
        ),
        Case(
            model("df = dbt.ref('orders').toPandas\nreturn ⟦df⟧[⟦df⟧['id'] > 1]"),
            message="has no items to take out",
        ),
        Case(model("return ⟦dbt.ref('orders').distinct⟧.limit(1)")),
        Case(
            model(
                "df = dbt.ref('orders')\nfor F in df.columns:\n"
                "    df = df.withColumn(F, ⟦F⟧.trim(F))\nreturn df",
                head=_F,
            ),
            message="a variable hides the imported `F`",
        ),
        Case(
            model(
                "def counted(frame, F):\n    return frame.groupBy('id').agg(⟦F⟧.count('id'))\n\n"
                "return counted(dbt.ref('orders'), 7)",
                head=_F,
            )
        ),
        Case(model("df = dbt.ref('orders')\nnames = df.columns\nreturn ⟦names⟧.limit(1)")),
        Case(model("df = dbt.ref('orders')\ndf = df.isEmpty()\nreturn ⟦df⟧.limit(1)")),
        Case(model("df = dbt.ref('orders')\nprint(⟦df.count()⟧[0])\nreturn df")),
    ),
)
