"""GLU401: an entry of `packages` that no installer understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.packages import meant_distribution
from glue_compiler.rules._packages import declared_here
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for item in declared_here(context):
        requirement = item.requirement
        if requirement.kind == "invalid":
            repair = ", ".join(repr(text) for text in requirement.repair)
            yield Finding(
                item.span,
                f"this requirement cannot be installed: {requirement.problem}",
                help=f"Write {repair}." if repair else "Write it as in `pandas==2.2.2`.",
                fixes=(Fix(f"Write {repair}", (Edit(item.span, repair),)),) if repair else (),
            )
        elif requirement.name and requirement.kind == "index":
            meant = meant_distribution(requirement.name)
            if meant is not None:
                text = requirement.text.strip()
                new = repr(meant + text[len(requirement.name) :])
                yield Finding(
                    item.span,
                    f"`{requirement.name}` is a name to import; the package to install is `{meant}`",
                    help=f"Write {new}.",
                    fixes=(Fix(f"Write {new}", (Edit(item.span, new),)),),
                )


RULE = Rule(
    code="GLU401",
    name="invalid-requirement",
    severity=Severity.ERROR,
    summary="An entry of `packages` cannot be installed.",
    why="""
The entries of `packages` go to pip when the session starts. One that pip does not understand, such as
`numpy=1.26` or two requirements in one string, ends the session, and the model with it, after the
time that a start takes. Wheels on S3, URLs, `git+https://` and pip's options are accepted.
""",
    fix="Write one requirement per entry, as in `pandas==2.2.2`.",
    check=_check,
    valid=(
        Case(
            model(
                "import requests\n\n"
                "dbt.config(packages=['requests>=2', 's3://bucket/wheels/tool-1.0-py3-none-any.whl'])\n"
                "requests.get('https://example.com')\nreturn dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(
            model("dbt.config(packages=[⟦'numpy=1.26'⟧])\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(packages=['numpy==1.26'])\nreturn dbt.ref('orders')"),
        ),
        Case(
            model("dbt.config(packages=['pandas', ⟦'scipy, requests'⟧])\nreturn dbt.ref('orders')"),
            fixed=model(
                "dbt.config(packages=['pandas', 'scipy', 'requests'])\nreturn dbt.ref('orders')"
            ),
        ),
        Case(
            model("dbt.config(packages=[⟦'sklearn'⟧])\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(packages=['scikit-learn'])\nreturn dbt.ref('orders')"),
        ),
    ),
)
