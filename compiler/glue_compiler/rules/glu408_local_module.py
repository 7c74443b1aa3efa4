"""GLU408: an import of a file of the project, which is not shipped to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import provision_of
from glue_compiler.rules._packages import (
    module_span,
    requirements,
    shipped_modules,
    ships_unknown_code,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELP = (
    "Move shared code out of the model paths and ship it: dbt.config(python_modules=['shared']), "
    "or extra_py_files in the profile and `modules` in [tool.dbt-glue]."
)


def _check(context: Context) -> Iterator[Finding]:
    shipped = shipped_modules(context)
    local = set(context.project.local_modules) if context.project is not None else set()
    for item in context.facts.imports:
        if item.type_checking:
            continue
        if item.level:
            dots = "." * item.level
            yield Finding(
                module_span(context, item),
                f"`from {dots}{item.module} import ...` is relative, and a model is no part of a "
                "package when it runs",
                help=_HELP,
            )
        elif item.top in local and item.top not in shipped and not ships_unknown_code(context):
            origin = provision_of(
                item.module,
                context.settings.glue_version,
                requirements(context),
                context.settings.package_map,
            ).origin
            if origin == "missing":
                yield Finding(
                    module_span(context, item),
                    f"`{item.top}` is a file of this project, and is not shipped to the session",
                    help=_HELP,
                )


RULE = Rule(
    code="GLU408",
    name="local-module",
    severity=Severity.ERROR,
    summary="A module of the project is imported and not shipped.",
    why="""
dbt sends the text of one model to the session, and nothing else: a module next to it is a
ModuleNotFoundError there, and dbt takes the module itself for a model (dbt-core issue 10078).
""",
    fix="Ship shared code with `python_modules`, `additional_libs` or the profile's `extra_py_files`.",
    check=_check,
    valid=(
        Case(
            "import shared\n\n\n"
            + model(
                "dbt.config(python_modules=['lib/shared.py'])\nreturn shared.clean(dbt.ref('orders'))"
            ),
            files={
                "models/orders.sql": "select 1 as id",
                "models/shared.py": "def clean(df):\n    return df\n",
            },
        ),
    ),
    invalid=(
        Case("from ⟦.shared⟧ import clean\n\n\n" + model("return clean(dbt.ref('orders'))")),
        Case(
            "import ⟦shared⟧\n\n\n" + model("return shared.clean(dbt.ref('orders'))"),
            files={
                "models/orders.sql": "select 1 as id",
                "models/shared.py": "def clean(df):\n    return df\n",
            },
        ),
    ),
)
