"""GLU315: a config with which a run builds nothing, because nobody carries it out, or could."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.knowledge.refused_configs import JUDGED, refusal
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    for key in JUDGED:
        value = context.config_value(key)
        told = None if _has_jinja(value) else refusal(key, value, "python")
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


def _has_jinja(value: Any) -> bool:
    """Whether a value of YAML is known only when dbt renders it."""
    if isinstance(value, dict):
        return any(map(_has_jinja, [*value.keys(), *value.values()]))
    if isinstance(value, (list, tuple)):
        return any(map(_has_jinja, value))
    return isinstance(value, str) and ("{{" in value or "{%" in value)


_FILTERS = "lf_grants={'data_cell_filters': {'enabled': True, 'filters': {'few': %s}}}"
_ROLE = "'arn:aws:iam::123456789012:role/analyst'"


def _in_yaml(config: str) -> dict[str, str]:
    models = f"models:\n  - name: orders_enriched\n    config:\n      {config}\n"
    return {"models/orders.sql": "select 1 as id", "models/schema.yml": models}


RULE = Rule(
    code="GLU315",
    name="refused-config",
    severity=Severity.ERROR,
    summary="A config promises what cannot be done, so that a run builds nothing.",
    why="""
`grants`, `lf_tags_config` and `lf_grants` say who may read a table. Where Lake Formation would not take one (a privilege or
a key that there is not, a principal that is none, a filter that filters nothing), a table that is built all the same could
be read by others than its author thinks. So a run of dbt ends before it builds anything, and names them.
""",
    fix="Do what the message says: it names the value, and what there is.",
    check=_check,
    valid=(
        Case(model("dbt.config(lf_tags_config={'enabled': False})\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(grants={})\nreturn dbt.ref('orders')")),
        Case(model(f"dbt.config(grants={{'select': [{_ROLE}]}})\nreturn dbt.ref('orders')")),
        Case(
            model(
                "dbt.config(lf_tags_config={'enabled': True, 'tags_columns': {'pii': {'yes': ['id']}}})\n"
                "return dbt.ref('orders')"
            )
        ),
        Case(
            model("return dbt.ref('orders')"),
            files=_in_yaml("""lf_tags_config: {enabled: "{{ target.name == 'prod' }}"}"""),
        ),
        Case(model("dbt.config(catalog_name='lake')\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(model("dbt.config(⟦grants={'select': ['ann']}⟧)\nreturn dbt.ref('orders')")),
        Case(model(f"dbt.config(⟦grants={{'read': [{_ROLE}]}}⟧)\nreturn dbt.ref('orders')")),
        Case(model(f"dbt.config(⟦{_FILTERS % '{}'}⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            files=_in_yaml("lf_tags_config: {enabled: true, table_tags: {team: data}}"),
        ),
    ),
)
