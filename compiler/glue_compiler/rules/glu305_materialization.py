"""GLU305: a materialization that Python models cannot have, or have under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.config import config_key
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
        elif isinstance(value, str) and value in _deprecated():
            name = _deprecated()[value]
            yield Finding(
                argument.value_span,
                f"`{value}` is dbt-glue's name of `{name}`",
                help=f"Write {name!r}.",
                fixes=rename(context, argument, name, "safe"),
                tags=("deprecated",),
                severity=Severity.WARNING,
            )
        return
    node, function = context.node, context.facts.model_function
    if node is None or function is None:
        return
    value = node.yaml_config.get("materialized")
    if not isinstance(value, str):
        return
    place = node.properties
    related = (
        (Related(place.path, None, "the properties of the model", place.line),) if place else ()
    )
    if value in _IMPOSSIBLE:
        yield Finding(
            function.name_span,
            f"a Python model cannot be materialized as {value}, as YAML says: {_IMPOSSIBLE[value]}",
            help="Use 'table' or 'incremental' in the YAML file.",
            related=related,
        )
    elif value in _deprecated():
        name = _deprecated()[value]
        yield Finding(
            function.name_span,
            f"`{value}`, as YAML says, is dbt-glue's name of `{name}`",
            help=f"Write {name!r} in the YAML file.",
            related=related,
            severity=Severity.WARNING,
        )


def _deprecated() -> dict[str, str]:
    known = config_key("materialized")
    return {} if known is None else known.deprecated_values


RULE = Rule(
    code="GLU305",
    name="materialization",
    severity=Severity.ERROR,
    summary="A Python model is materialized as a view or ephemeral, or under dbt-glue's name for a table.",
    why="""
Python models are tables. `view` is accepted until the model is run (`only supports languages
['sql']; got "python"`), and `ephemeral` builds nothing at all, without an error.

dbt-glue calls the table of a Python model `python_model`. That works here too, is a warning, and will
work on no other adapter.
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
        Case(
            model("dbt.config(materialized=⟦'python_model'⟧)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(materialized='table')\nreturn dbt.ref('orders')"),
            message="`python_model` is dbt-glue's name of `table`",
        ),
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            message="`python_model`, as YAML says, is dbt-glue's name of `table`",
            files={
                "models/orders.sql": "select 1 as id",
                "models/schema.yml": "models:\n  - name: orders_enriched\n"
                "    config: {materialized: python_model}\n",
            },
        ),
    ),
)
