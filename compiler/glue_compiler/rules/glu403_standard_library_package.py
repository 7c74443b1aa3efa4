"""GLU403: a package that is a module of the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import stdlib_modules
from glue_compiler.rules._packages import declared_here, remove_entry
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    modules = stdlib_modules(context.settings.glue_version)
    for item in declared_here(context):
        requirement = item.requirement
        name = requirement.name
        if name is None or requirement.kind != "index" or requirement.extras:
            continue
        if name.replace("-", "_") in modules:
            yield Finding(
                item.span,
                f"`{name}` is part of Python itself; what the package index has under this name, if "
                "anything, is something else",
                help="Remove it.",
                fixes=remove_entry(context, item),
                tags=("unnecessary",),
            )


RULE = Rule(
    code="GLU403",
    name="standard-library-package",
    severity=Severity.ERROR,
    summary="`packages` names a module of the standard library.",
    why="""
`random`, `json` or `datetime` need no installing. The package index has nothing under such a name, so
that the session fails to start, or it has a package of a stranger.
""",
    fix="Remove it. The fix does.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(packages=['pandas'])\nimport pandas\n\nreturn dbt.ref('orders').alias(pandas.__version__)"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "import random\n\ndbt.config(packages=['pandas', ⟦'random'⟧])\nreturn dbt.ref('orders').limit(random.randint(1, 3))"
            ),
            fixed=model(
                "import random\n\ndbt.config(packages=['pandas'])\nreturn dbt.ref('orders').limit(random.randint(1, 3))"
            ),
        ),
        Case(
            model("dbt.config(packages=[⟦'datetime'⟧, 'pandas'])\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(packages=['pandas'])\nreturn dbt.ref('orders')"),
        ),
    ),
)
