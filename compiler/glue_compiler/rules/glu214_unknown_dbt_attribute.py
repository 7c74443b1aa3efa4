"""GLU214: an attribute that the dbt object does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.dbt_api import missing_member, nearest_member
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import DbtUse

_KEY = re.compile(r"""\[\s*(['"](\w+)['"])\s*\]""")
_PARTS = frozenset({"database", "schema", "identifier"})


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.dbt_uses:
        if use.known:
            yield from _misuse(context, use)
            continue
        parent = use.api.rpartition(".")[0]
        owner = f"dbt.{parent}" if parent else "dbt"
        name = use.api.rpartition(".")[2]
        missing = missing_member(use.api)
        if missing is not None:
            new, reason, advice = missing.rename, f": {missing.reason}", f"{missing.instead}."
        else:
            near = nearest_member(use.api)
            new = near.rpartition(".")[2] if near else None
            reason = f"; did you mean `{new}`?" if new else ""
            advice = None
        fixes: tuple[Fix, ...] = ()
        if new is not None and context.text(use.name_span) == name:
            fixes = (Fix(f"Change it to `{new}`", (Edit(use.name_span, new),), "unsafe"),)
        yield Finding(use.name_span, f"`{owner}` has no `{name}`{reason}", help=advice, fixes=fixes)


def _misuse(context: Context, use: DbtUse) -> Iterator[Finding]:
    """`dbt.config["key"]`, `dbt.this["schema"]`, `dbt.this + "_old"`."""
    if use.called or use.api not in ("config", "this"):
        return
    if use.use == "subscript" and use.parent is not None:
        rest = Span(use.span.end, use.parent.end)
        key = _KEY.fullmatch(context.text(rest))
        new = None
        if key is not None and use.api == "config":
            new = f".get({key[1]})"
        elif key is not None and key[2] in _PARTS:
            new = f".{key[2]}"
        yield Finding(
            use.parent,
            f"`dbt.{use.api}` cannot be indexed",
            help="Read configs with `dbt.config.get(key)`."
            if use.api == "config"
            else "It has the attributes `database`, `schema` and `identifier`.",
            fixes=(Fix(f"Write `dbt.{use.api}{new}`", (Edit(rest, new),)),) if new else (),
        )
    elif use.api == "this" and use.use == "operator" and _is_added(context, use):
        text = context.text(use.span)
        yield Finding(
            use.span,
            "`dbt.this` is an object, and no text to which something can be added",
            help="Its full name as text is `str(dbt.this)`.",
            fixes=(Fix(f"Write `str({text})`", (Edit(use.span, f"str({text})"),)),),
        )


def _is_added(context: Context, use: DbtUse) -> bool:
    text = context.source.text
    before, after = text[: use.span.start].rstrip(), text[use.span.end :].lstrip()
    return before.endswith("+") or after.startswith("+")


RULE = Rule(
    code="GLU214",
    name="unknown-dbt-attribute",
    severity=Severity.ERROR,
    summary="The dbt object has no such attribute.",
    why="""
A Python model gets a small object, not dbt's Jinja context: `ref`, `source`, `config` (with `get` and
`meta_get`), `this` (with `database`, `schema`, `identifier`) and `is_incremental`. Anything else,
such as `dbt.var` or `dbt.this.name`, parses, compiles, and fails with an AttributeError in the
session.
""",
    fix="Pass values of vars and environment variables through configs; read them with `dbt.config.get`.",
    check=_check,
    valid=(
        Case(
            model("return session.sql('select * from %s' % dbt.this).limit(len(str(dbt.this)) + 1)")
        ),
        Case(
            model(
                "name = f'{dbt.this.schema}.{dbt.this.identifier}'\n"
                "return dbt.ref('orders').limit(dbt.config.get('limit', 3))"
            )
        ),
    ),
    invalid=(
        Case(
            model("size = ⟦dbt.config['size']⟧\nreturn dbt.ref('orders').limit(size)"),
            fixed=model("size = dbt.config.get('size')\nreturn dbt.ref('orders').limit(size)"),
        ),
        Case(
            model("name = ⟦dbt.this[\"schema\"]⟧\nreturn dbt.ref('orders').alias(name)"),
            fixed=model("name = dbt.this.schema\nreturn dbt.ref('orders').alias(name)"),
        ),
        Case(
            model("old = ⟦dbt.this⟧ + '_old'\nreturn session.table(old)"),
            fixed=model("old = str(dbt.this) + '_old'\nreturn session.table(old)"),
        ),
        Case(model("start = dbt.⟦var⟧('start')\nreturn dbt.ref('orders').limit(start)")),
        Case(
            model("name = dbt.this.⟦name⟧\nreturn dbt.ref('orders').alias(name)"),
            fixed=model("name = dbt.this.identifier\nreturn dbt.ref('orders').alias(name)"),
            unsafe=True,
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.⟦is_incremntal⟧:\n    df = df.limit(1)\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df"
            ),
            unsafe=True,
        ),
    ),
)
