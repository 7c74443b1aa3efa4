"""GLU315: a config with which a run builds nothing, because nobody carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.refused_configs import REFUSED, refusal
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    for key in REFUSED:
        told = refusal(key, context.config_value(key), "python")
        if told is None:
            continue
        argument = context.config.get(key)
        what, _, help_text = told.partition(" Next: ")
        message = f"`{key}` {what.rstrip('.')}"
        if argument is not None:
            yield Finding(argument.span, message, help=_sentence(help_text))
        elif function is not None:
            node = context.node
            place = None if node is None else node.properties
            yield Finding(
                function.name_span,
                f"{message} (in YAML or dbt_project.yml)",
                help=_sentence(help_text),
                related=(Related(place.path, None, "the properties of the model", place.line),)
                if place
                else (),
            )


def _sentence(text: str) -> str | None:
    return f"{text[0].upper()}{text[1:]}." if text else None


_FILTERS = "lf_grants={'data_cell_filters': {'enabled': True, 'filters': {'few': {}}}}"

RULE = Rule(
    code="GLU315",
    name="refused-config",
    severity=Severity.ERROR,
    summary="A config promises what is not done, so that a run builds nothing.",
    why="""
`grants`, `lf_tags_config` and `lf_grants` say who may read a table. They are not supported yet. A table that is built all the same could be read by anybody who can read the folder, while
its author thinks otherwise; so a run of dbt ends before it builds anything, and names them.
""",
    fix="Remove the config, or switch it off (`enabled: false`), and set what it says with AWS's own tools.",
    check=_check,
    valid=(
        Case(model("dbt.config(lf_tags_config={'enabled': False})\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(grants={})\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(catalog_name='lake')\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(model("dbt.config(⟦grants={'select': ['ann']}⟧)\nreturn dbt.ref('orders')")),
        Case(model(f"dbt.config(⟦{_FILTERS}⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            files={
                "models/orders.sql": "select 1 as id",
                "models/schema.yml": "models:\n  - name: orders_enriched\n    config:\n"
                "      lf_tags_config: {enabled: true, tags_table: {team: data}}\n",
            },
        ),
    ),
)
