"""GLU104: the model function does not take exactly `dbt` and a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    if function is None:
        return
    parameters = function.parameters
    plain = [item for item in parameters if item.kind == "positional"]
    first_only = [item for item in parameters if item.kind == "positional_only"]
    names = [item.name for item in (*first_only, *plain)]
    if first_only:
        slash = context.source.text.find("/", first_only[-1].span.end, function.header.end)
        fixes: tuple[Fix, ...] = ()
        if slash >= 0:
            before = context.source.text.rfind(",", 0, slash)
            fixes = (Fix("Remove the `/`", (Edit(Span(before, slash + 1), ""),)),)
        yield Finding(
            Span(slash, slash + 1) if slash >= 0 else function.parameters_span,
            "dbt does not count parameters before a `/`, so it does not see the two that it needs",
            help="Write `def model(dbt, session):`.",
            fixes=fixes,
        )
        return
    if len(plain) != 2:
        spans = [item.span for item in plain[2:]] or [function.parameters_span]
        count = "no parameter" if not plain else "one parameter" if len(plain) == 1 else None
        yield Finding(
            Span(spans[0].start, spans[-1].end),
            f"the model function has {count or f'{len(plain)} parameters'}; dbt calls it with two, "
            "`dbt` and a session",
            help="Write `def model(dbt, session):`; further inputs come from `dbt.config.get(...)`.",
            fixes=_both(context, function.parameters_span, names),
        )
    elif plain[1].name == "dbt":
        first, second = plain
        fixes = ()
        if first.annotation is None and second.annotation is None:
            fixes = (
                Fix(
                    "Swap the parameters",
                    (Edit(first.span, "dbt"), Edit(second.span, first.name)),
                ),
            )
        yield Finding(
            Span(first.span.start, second.span.end),
            f"the parameters are swapped: dbt passes `dbt` first and the session (`{first.name}`) "
            "second",
            help="Write `def model(dbt, session):`.",
            fixes=fixes,
        )


def _both(context: Context, span: Span, names: list[str]) -> tuple[Fix, ...]:
    text = context.text(span)
    if names == [] and not text.strip("() \t"):
        new = "(dbt, session)" if text.startswith("(") else "dbt, session"
    elif names == ["dbt"] and text.strip("() \t") == "dbt":
        new = text.replace("dbt", "dbt, session")
    else:
        return ()
    return (Fix("Take `dbt` and a session", (Edit(span, new),)),)


RULE = Rule(
    code="GLU104",
    name="model-parameters",
    severity=Severity.ERROR,
    summary="The model function does not take exactly `dbt` and a session.",
    why="""
dbt calls `model(dbt, session)` by position, and checks at parse time that there are two plain
parameters, the first of which is called `dbt`. Parameters before a `/` are not counted.
Parameters after a `*` are allowed when they have a default, and never filled.
""",
    fix="Write `def model(dbt, session):`. The second one may have any name; `spark` is a usual one.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case(model("return dbt.ref('orders')", parameters="dbt, spark: object")),
        Case(model("return dbt.ref('orders')", parameters="dbt, session, *, limit=10")),
    ),
    invalid=(
        Case(
            model("return dbt.ref('orders')", parameters="⟦session, dbt⟧"),
            fixed=model("return dbt.ref('orders')", parameters="dbt, session"),
        ),
        Case(
            model("return dbt.ref('orders')", parameters="dbt, session, ⟦/⟧"),
            fixed=model("return dbt.ref('orders')", parameters="dbt, session"),
        ),
        Case(
            model("return dbt.ref('orders')", parameters="dbt, session, ⟦limit=10⟧").replace(
                "⟦limit=10⟧", "⟦limit⟧=10"
            )
        ),
    ),
)
