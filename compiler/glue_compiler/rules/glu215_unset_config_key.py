"""GLU215: `dbt.config.get` of a key that nothing sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import positional
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.config import canonical_key, config_key
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_compiler.facts.model import Argument, DbtUse

# What the author wants is where the model is written to, which is not in its config.
_OF_THIS = {"database": "database", "schema": "schema", "alias": "identifier"}


def _check(context: Context) -> Iterator[Finding]:
    node = context.node
    if node is None or context.project is None or not context.project.sources_complete:
        return
    if any(argument.star for use in context.config_calls for argument in use.args):
        return
    meta = node.config.get("meta")
    set_keys = {canonical_key(key) for key in (*node.config, *context.config)}
    for use in context.facts.uses("config.get", "config.meta_get"):
        items = positional(use)
        if not items or items[0].literal is None or not isinstance(items[0].value, str):
            continue
        key = items[0].value
        if len(items) > 1 or key.startswith("__dbt_internal") or _has_default(context, use):
            continue
        if use.api == "config.meta_get":
            if isinstance(meta, dict) and key not in meta:
                yield _finding(context, items[0], "meta of this model", meta)
            continue
        if canonical_key(key) in set_keys:
            continue
        if key in _OF_THIS:
            yield Finding(
                items[0].value_span,
                f"nothing sets `{key}` in the config of this model, so this is None",
                help=f"What dbt made of it is `dbt.this.{_OF_THIS[key]}`.",
            )
            continue
        if config_key(key) is not None:
            continue
        yield _finding(context, items[0], "config of this model", set_keys)


def _has_default(context: Context, use: DbtUse) -> bool:
    """Whether something else is taken for None: `dbt.config.get("n") or 3`."""
    if use.use != "boolop" or use.parent is None:
        return False
    return context.text(Span(use.span.end, use.parent.end)).lstrip(" )\t").startswith("or")


def _finding(context: Context, argument: Argument, where: str, known: Iterable[str]) -> Finding:
    key = str(argument.value)
    guess = closest(key, known)
    hint = f"; did you mean `{guess}`?" if guess else ""
    return Finding(
        argument.value_span,
        f"nothing sets `{key}` in the {where}, so this is None{hint}",
        help="Set it in YAML under `config:`, or give a default as the second argument.",
        fixes=rename(context, argument, guess) if guess else (),
    )


_YAML = "models:\n  - name: orders_enriched\n    config: {row_limit: 10, meta: {owner: sales}}\n"
_FILES = {"models/orders.sql": "select 1 as id", "models/schema.yml": _YAML}

RULE = Rule(
    code="GLU215",
    name="unset-config-key",
    severity=Severity.WARNING,
    summary="`dbt.config.get` reads a key that nothing sets.",
    why="""
`dbt.config.get` of a key that neither the file, nor YAML, nor dbt_project.yml sets returns None
without a word, and a misspelt key looks just like that. Keys with a default, as second argument or after `or`, and
keys that dbt itself fills are not reported.
""",
    fix="Set the key, correct its name, or give a default.",
    check=_check,
    valid=(
        Case(
            model("size = dbt.config.get('row_limit')\nreturn dbt.ref('orders').limit(size)"),
            files=_FILES,
        ),
        Case(
            model("size = dbt.config.get('size', 3)\nreturn dbt.ref('orders').limit(size)"),
            files=_FILES,
        ),
        Case(
            model("size = (dbt.config.get('size')) or 3\nreturn dbt.ref('orders').limit(size)"),
            files=_FILES,
        ),
        Case(model("size = dbt.config.get('size')\nreturn dbt.ref('orders').limit(size)")),
        Case(
            model("owner = dbt.config.meta_get('owner')\nreturn dbt.ref('orders').alias(owner)"),
            files=_FILES,
        ),
    ),
    invalid=(
        Case(
            model("size = dbt.config.get(⟦'row_limits'⟧)\nreturn dbt.ref('orders').limit(size)"),
            fixed=model("size = dbt.config.get('row_limit')\nreturn dbt.ref('orders').limit(size)"),
            unsafe=True,
            files=_FILES,
        ),
        Case(
            model("place = dbt.config.get(⟦'schema'⟧)\nreturn dbt.ref('orders').alias(place)"),
            files=_FILES,
            message="so this is None",
        ),
        Case(
            model("owner = dbt.config.meta_get(⟦'team'⟧)\nreturn dbt.ref('orders').alias(owner)"),
            files=_FILES,
        ),
    ),
)
