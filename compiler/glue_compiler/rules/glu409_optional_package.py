"""GLU409: a guarded import that will never succeed in the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import provision_of
from glue_compiler.rules._packages import (
    dotted_name,
    module_span,
    requirements,
    shipped_modules,
    ships_unknown_code,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if ships_unknown_code(context):
        return
    settings = context.settings
    declared = requirements(context)
    seen = set(shipped_modules(context))
    for item in context.facts.imports:
        if not item.guarded or item.level or item.type_checking or item.top in seen:
            continue
        found = provision_of(
            dotted_name(item), settings.glue_version, declared, settings.package_map
        )
        if found.origin == "missing" and found.distributions:
            seen.add(item.top)
            yield Finding(
                module_span(context, item),
                f"Glue {settings.glue_version} does not have `{item.top}`, so this import always "
                "takes the way of its `except`",
                help=f"Declare it when it is wanted: dbt.config(packages=['{found.distributions[0]}']).",
            )


RULE = Rule(
    code="GLU409",
    name="optional-package",
    severity=Severity.INFORMATION,
    summary="An import that may fail does fail on Glue.",
    why="""
`try: import x / except ImportError:` is a good way to use a package where it is there. In a Glue
session it is known beforehand: this one is not, so that the model always takes the other way.
""",
    fix="Declare the package when it is wanted.",
    check=_check,
    valid=(
        Case(
            "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n\n\n"
            + model("return dbt.ref('orders').limit(1 if numpy else 2)")
        ),
    ),
    invalid=(
        Case(
            "try:\n    import ⟦polars⟧\nexcept ImportError:\n    polars = None\n\n\n"
            + model("return dbt.ref('orders').limit(1 if polars else 2)")
        ),
    ),
)
