"""GLU305: a materialization that Python models cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPOSSIBLE = {
    "view": "a view is stored SQL, and there is none",
    "materialized_view": "a materialized view is stored SQL, and there is none",
    "ephemeral": "dbt then builds nothing, and says that all went well",
}


def _check(context: Context) -> Iterator[Finding]:
    argument = context.config.get("materialized")
    if argument is not None:
        value = argument.value
        if isinstance(value, str) and value in _IMPOSSIBLE:
            yield Finding(
                argument.value_span,
                f"a Python model cannot be materialized as {value}: {_IMPOSSIBLE[value]}",
                help="Use 'table' or 'incremental'.",
                fixes=rename(context, argument, "table"),
            )
        return
    node, function = context.node, context.facts.model_function
    if node is None or function is None:
        return
    value = node.yaml_config.get("materialized")
    if isinstance(value, str) and value in _IMPOSSIBLE:
        place = node.properties
        yield Finding(
            function.name_span,
            f"a Python model cannot be materialized as {value}, as YAML says: {_IMPOSSIBLE[value]}",
            help="Use 'table' or 'incremental' in the YAML file.",
            related=(Related(place.path, None, "the properties of the model", place.line),)
            if place
            else (),
        )


RULE = Rule(
    code="GLU305",
    name="materialization",
    severity=Severity.ERROR,
    summary="A Python model is materialized as a view or ephemeral.",
    why="""
Python models are tables. `view` is accepted until the model is run (`only supports languages
['sql']; got "python"`), and `ephemeral` builds nothing at all, without an error.
""",
    fix="Use `table` (the default) or `incremental`.",
    check=_check,
    valid=(
        Case(model("dbt.config(materialized='table')\nreturn dbt.ref('orders')")),
        Case(model("return dbt.ref('orders')")),
    ),
    invalid=(
        Case(
            model("dbt.config(materialized=⟦'view'⟧)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(materialized='table')\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
        Case(model("dbt.config(materialized=⟦'ephemeral'⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            files={
                "models/orders.sql": "select 1 as id",
                "models/schema.yml": "models:\n  - name: orders_enriched\n"
                "    config: {materialized: view}\n",
            },
        ),
    ),
)
