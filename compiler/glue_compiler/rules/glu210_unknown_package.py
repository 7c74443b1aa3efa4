"""GLU210: a `ref` into a package that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import positional, ref_target
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    project = context.project
    if project is None or not project.packages_complete:
        return
    for use in context.resolved("ref"):
        target = ref_target(use)
        if target is None or target[1] is None or target[1] in project.packages:
            continue
        argument = positional(use)[0]
        guess = closest(target[1], project.packages)
        hint = f"; did you mean `{guess}`?" if guess else ""
        yield Finding(
            argument.value_span,
            f"neither this project nor an installed package is called `{target[1]}`{hint}",
            help=f"Known are: {', '.join(project.packages)}.",
            fixes=rename(context, argument, guess) if guess else (),
        )


_FILES = {"models/orders.sql": "select 1 as id"}

RULE = Rule(
    code="GLU210",
    name="unknown-package",
    severity=Severity.ERROR,
    summary="`dbt.ref` names a package that is not installed.",
    why="""
The first of two arguments of `ref` is a dbt package or project, not a schema. One that is neither
this project nor installed makes dbt stop with a message about the model, not about the package.
When packages.yml asks for packages that are not installed, nothing is reported.
""",
    fix="Correct the name, leave it out, or add the package to packages.yml and run `dbt deps`.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('shop', 'orders')"), files=_FILES),
        Case(
            model("return dbt.ref('dbt_utils', 'orders')"),
            files={**_FILES, "packages.yml": "packages:\n  - package: dbt-labs/dbt_utils\n"},
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref(⟦'shops'⟧, 'orders')"),
            fixed=model("return dbt.ref('shop', 'orders')"),
            unsafe=True,
            files=_FILES,
        ),
        Case(model("return dbt.ref(⟦'staging'⟧, 'orders')"), files=_FILES),
    ),
)
