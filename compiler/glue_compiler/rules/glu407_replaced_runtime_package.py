"""GLU407: a requirement that replaces a package which Glue's Spark depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.packages import glue_runtime, preinstalled, satisfies
from glue_compiler.rules._packages import declared_here
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNTIME = {"pyspark", "py4j"}
_DELICATE = {"numpy", "pandas", "pyarrow"}


def _check(context: Context) -> Iterator[Finding]:
    glue = context.settings.glue_version
    runtime = glue_runtime(glue)
    for item in declared_here(context):
        requirement = item.requirement
        name = requirement.name
        if name in _RUNTIME:
            yield Finding(
                item.span,
                f"Glue {glue} brings its own `{name}` (Spark {runtime.spark}); another one breaks the "
                "session",
                help="Remove it; glue_version decides the version of Spark.",
            )
        elif name in _DELICATE and satisfies(requirement, glue) is False:
            version = preinstalled(glue).get(name)
            yield Finding(
                item.span,
                f"Glue {glue} has {name} {version}, which its Spark was built with; this puts another "
                "version over it",
                help=f"Leave the version open, or use {name}=={version}, if the model works with it.",
                severity=Severity.INFORMATION,
            )


RULE = Rule(
    code="GLU407",
    name="replaced-runtime-package",
    severity=Severity.WARNING,
    summary="A requirement replaces a package of Glue's own runtime.",
    why="""
`pyspark` must be the one that fits the JVM of the session. `numpy`, `pandas` and `pyarrow` can be
replaced, but the versions that AWS preinstalls are those that its Spark is tested with: with a
mismatched pyarrow, conversions fall back to the slow path, or change types.
""",
    fix="Remove `pyspark`; take the preinstalled version of the others where it is enough.",
    check=_check,
    valid=(
        Case(
            model(
                "import pandas\n\ndbt.config(packages=['pandas>=2'])\nreturn dbt.ref('orders').alias(pandas.__version__)"
            )
        ),
    ),
    invalid=(
        Case(model("dbt.config(packages=[⟦'pyspark==3.4.0'⟧])\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(packages=[⟦'numpy==2.1.0'⟧])\nreturn dbt.ref('orders')")),
    ),
)
