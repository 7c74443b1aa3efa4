"""GLU503: the global `spark`, although the session is the model's second parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


NAMES = ("spark", "session", "sc", "sqlContext", "glueContext")
"""Globals of notebooks and Glue jobs. All but `session` exist in a Glue session as well."""


def _check(context: Context) -> Iterator[Finding]:
    for item in context.facts.undefined_names:
        parameter = context.facts.session_parameter
        if item.name not in NAMES or parameter is None or parameter == item.name:
            continue
        if item.name not in ("spark", "session"):
            yield Finding(
                item.span,
                f"a global `{item.name}` is not there everywhere",
                help=f"Take it from the session: {parameter}.sparkContext."
                if item.name == "sc"
                else f"Use the session, `{parameter}`.",
                severity=Severity.WARNING,
            )
            continue
        inside = item.function is not None
        yield Finding(
            item.span,
            f"the session is called `{parameter}` here; a global `{item.name}` is not there everywhere"
            if inside
            else f"a global `{item.name}` is not there everywhere; the model gets its session as "
            f"`{parameter}`",
            help=f"Write `{parameter}`, or call the parameter `{item.name}`."
            if inside
            else f"Move this into the model, and write `{parameter}`.",
            fixes=(Fix(f"Write `{parameter}`", (Edit(item.span, parameter),)),)
            if inside and item.function == "model"
            else (),
            severity=Severity.WARNING if item.name == "spark" else None,
        )


RULE = Rule(
    code="GLU503",
    name="global-session",
    severity=Severity.ERROR,
    summary="The session is used under another name than the parameter's.",
    why="""
Notebooks have a global `spark`. A model gets its session as the second parameter, under the name that
the model gives it. Some adapters leave a global `spark` about as well; a model that relies on it fails
on others.
""",
    fix="Use the parameter. The fix does.",
    check=_check,
    valid=(Case(model("return spark.range(3)", parameters="dbt, spark")),),
    invalid=(
        Case(
            model("return ⟦spark⟧.range(3)"),
            fixed=model("return session.range(3)"),
        ),
    ),
)
