"""GLU009: a suppression comment that silences nothing (found by `suppression`, which sees all findings)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterable


def _check(context: Context) -> Iterable[Finding]:
    del context
    return ()


RULE = Rule(
    code="GLU009",
    name="unused-suppression",
    severity=Severity.WARNING,
    summary="A comment suppresses a rule that reports nothing there.",
    why="""
`# noqa: GLU201` and `# dbt-glue: ignore[GLU201] reason` silence findings that start or end on
their line; on a line of its own, `# dbt-glue: ignore[...]` means the next line of code, and
`# dbt-glue: ignore-file[...]` the whole file. One that silences nothing is left over or
misspelt, and may hide a mistake of tomorrow. A bare `# noqa` is never reported, because it may
be there for another tool.
""",
    fix="Remove it. The fix does.",
    check=_check,
    minimum="none",
    valid=(
        Case("# a long comment  # noqa: E501\n" + model("return dbt.ref('orders')")),
        Case(model("text = '{{'  # noqa: GLU002\nreturn dbt.ref('orders')")),
        Case(model("text = '{{'  # noqa\nreturn dbt.ref('orders')")),
        Case(
            model(
                "# dbt-glue: ignore[GLU002] rendered by another tool\n"
                "text = '{{'\nreturn dbt.ref('orders')"
            )
        ),
        Case("# dbt-glue: ignore-file[jinja-braces]\n" + model("a = '{{'\nreturn dbt.ref('x')")),
    ),
    invalid=(
        Case(
            model("df = dbt.ref('orders')  # noqa: ⟦GLU002⟧\nreturn df"),
            fixed=model("df = dbt.ref('orders')\nreturn df"),
        ),
        Case(
            model("text = '{{'  # noqa: GLU002, ⟦GLU001⟧\nreturn dbt.ref('orders')"),
            message="GLU001",
        ),
        Case(
            model("# dbt-glue: ignore[⟦GLU2O1⟧] because\nreturn dbt.ref('orders')"),
            fixed=model("return dbt.ref('orders')"),
            message="no rule is called",
        ),
    ),
)
