"""GLU112: a name of the file is one that dbt's generated code overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.dbt_api import RESERVED_GLOBALS
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    seen = set()
    for binding in context.facts.bindings:
        if binding.name in RESERVED_GLOBALS and binding.name not in seen:
            seen.add(binding.name)
            yield Finding(
                binding.span,
                f"dbt's own code after the model defines `{binding.name}` and overwrites this one",
                help=f"Give it another name, such as `{_better(binding.name)}`.",
            )


def _better(name: str) -> str:
    return {"config": "options", "source": "origin", "ref": "reference"}.get(name, f"my_{name}")


RULE = Rule(
    code="GLU112",
    name="generated-name",
    severity=Severity.WARNING,
    summary="A global name is one that dbt's generated code overwrites.",
    why="""
dbt appends code to every Python model, which defines `ref`, `source`, `config`, `this`, `dbtObj`,
`config_dict` and `meta_dict` at the top level. A helper or a variable of the same name is replaced
before the model runs: `type 'config' is not subscriptable`. The Glue adapter runs the model in a
namespace of its own, where this cannot happen; other adapters do not.
""",
    fix="Give the function or variable another name.",
    check=_check,
    valid=(
        Case(
            "OPTIONS = {'limit': 3}\n\n\n"
            + model("return dbt.ref('orders').limit(OPTIONS['limit'])")
        ),
        Case(model("source = dbt.source('raw', 'orders')\nreturn source")),
    ),
    invalid=(
        Case(
            "⟦config⟧ = {'limit': 3}\n\n\n"
            + model("return dbt.ref('orders').limit(config['limit'])")
        ),
        Case("def ⟦source⟧(name):\n    return name\n\n\n" + model("return dbt.ref('orders')")),
    ),
)
