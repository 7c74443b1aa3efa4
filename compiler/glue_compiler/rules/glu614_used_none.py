"""GLU614: None that a call gave, used as if it were something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import NothingUse
    from glue_compiler.facts.schemas import Frame

_WHY = {
    "attribute": "has no attributes",
    "item": "has no items",
    "iteration": "cannot be looped over",
}


def _is_untried(use: NothingUse, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not use.tried


_SCREEN = Screen("nothing_uses", _is_untried)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        if asked_about(use.name, context.source.text):
            continue
        what = "this" if use.name is None else f"`{use.name}`"
        called = use.source.rpartition(".")[2] or use.source
        inplace = "inplace" in context.text(use.source_span)
        gives = f"`{called}(...)` with `inplace=True`" if inplace else f"`{called}(...)`"
        local = any(function.name == use.source for function in context.facts.functions)
        advice = "Keep the frame under its own name, and call this on a line of its own."
        if local:
            advice = f"Let `{called}` end with `return`."
        elif inplace:
            advice = "Leave `inplace` out, or the assignment."
        yield Finding(
            use.span,
            f"{what} is None, which {_WHY[use.how]}: {gives} returns nothing{in_world(use.worlds)}",
            help=advice,
            related=(Related(None, use.source_span, "None comes from here"),),
        )


RULE = Rule(
    code="GLU614",
    name="used-none",
    severity=Severity.ERROR,
    summary="The result of a call that returns None is used as if it were something.",
    why="""
`df = df.show()` and `df = df.drop(columns=["a"], inplace=True)` leave None in `df`, and so does a function of
the file that forgets `return`. The next line is `'NoneType' object has no attribute ...`, in the session.
""",
    fix="Call it on a line of its own, or let the function return something.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model("df = dbt.ref('orders')\ndf.show()\nreturn df.limit(1)")),
        Case(
            model(
                "def checked(df):\n    if df.isEmpty():\n        return None\n    return df\n"
                "df = checked(dbt.ref('orders'))\nreturn df.limit(1)"
            )
        ),
        Case(
            model(
                "def note(df):\n    df.show()\n\nfound = note(dbt.ref('orders'))\n"
                "if found is not None:\n    found.show()\nreturn dbt.ref('orders')"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nif df.empty:\n    df.drop(columns=['a'], inplace=True)\n"
                "return df.head()"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nother = None\nfor name in ['a', 'b']:\n"
                "    other = df if other is None else other.union(df)\nreturn other"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nnames = df.columns.insert(0, 'a')\n"
                "print(names.tolist())\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model("df = dbt.ref('orders')\ndf = df.show()\nreturn ⟦df⟧.limit(1)"),
            message="`df` is None, which has no attributes: `show(...)` returns nothing",
        ),
        Case(
            model(
                "def clean(df):\n    df = df.dropDuplicates()\n\ndf = clean(dbt.ref('orders'))\n"
                "return ⟦df⟧.limit(1)"
            ),
            message="`clean(...)` returns nothing",
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\ndf = df.drop(columns=['a'], inplace=True)\n"
                "return df[⟦df⟧['b'] > 1]".replace("df[⟦df⟧", "⟦df⟧[⟦df⟧")
            ),
            message="with `inplace=True` returns nothing",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nview = df.createOrReplaceTempView('orders')\n"
                "return ⟦view⟧.limit(1)"
            )
        ),
        Case(model("return ⟦dbt.ref('orders').show()⟧.limit(1)"), message="this is None"),
        Case(
            model(
                "names = ['a']\nnames = names.append('b')\nfor name in ⟦names⟧:\n    print(name)\n"
                "return dbt.ref('orders')"
            ),
            message="cannot be looped over",
        ),
    ),
)
