"""GLU405: the same package twice in `packages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._packages import Declared, declared_here, remove_entry
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    seen: dict[str, Declared] = {}
    for item in declared_here(context):
        requirement = item.requirement
        name = requirement.name
        if name is None or requirement.marker:
            continue
        first = seen.setdefault(name, item)
        if first is item:
            continue
        same = requirement.specifier == first.requirement.specifier
        yield Finding(
            item.span,
            f"`{name}` is declared twice"
            + ("" if same else f", as {first.requirement.text!r} and {requirement.text!r}"),
            help="Keep one entry.",
            related=(Related(None, first.span, "the first entry"),),
            fixes=remove_entry(context, item) if same else (),
            tags=("unnecessary",) if same else (),
        )


RULE = Rule(
    code="GLU405",
    name="duplicate-package",
    severity=Severity.WARNING,
    summary="A package is declared twice.",
    why="""
pip gets all entries at once. Two different versions of one package cannot be installed together, and
two equal entries say nothing more than one.
""",
    fix="Keep one entry. The fix removes the second one of two equal entries.",
    check=_check,
    valid=(Case(model("dbt.config(packages=['pandas', 'numpy'])\nreturn dbt.ref('orders')")),),
    invalid=(
        Case(
            model("dbt.config(packages=['pandas', ⟦'Pandas'⟧])\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(packages=['pandas'])\nreturn dbt.ref('orders')"),
        ),
        Case(
            model(
                "dbt.config(packages=['pandas==2.2.2', ⟦'pandas>=2.3'⟧])\nreturn dbt.ref('orders')"
            )
        ),
    ),
)
