"""GLU212: a model that refs itself."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import ref_target
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.project.context import Node


def _check(context: Context) -> Iterator[Finding]:
    if context.path is None:
        return
    node = context.node
    name = PurePosixPath(context.path).stem if node is None else node.name
    for use in context.resolved("ref"):
        target = ref_target(use)
        if target is None or target[0] != name:
            continue
        if node is not None and (target[1] not in (None, node.package) or _other(node, target[2])):
            continue
        if node is None and (target[1] is not None or target[2] is not None):
            continue
        session = context.facts.session_parameter
        fixes: tuple[Fix, ...] = ()
        if session is not None and use.function == "model":
            text = f"{session}.table(str(dbt.this))"
            fixes = (Fix("Read `dbt.this`", (Edit(use.span, text),), "unsafe"),)
        yield Finding(
            use.span,
            "the model refs itself, which is a cycle in the graph",
            help="Read the table of the last run with `dbt.this`, when `dbt.is_incremental` holds.",
            fixes=fixes,
        )


def _other(node: Node, version: object) -> bool:
    """Whether a version is another than that of the node."""
    return not node.is_latest if version is None else str(version) != node.version


RULE = Rule(
    code="GLU212",
    name="self-ref",
    severity=Severity.ERROR,
    summary="The model refs itself.",
    why="""
A model that refs itself depends on itself: `Found a cycle`. What is meant is nearly always the table
of the last run, which is `dbt.this`. It exists in incremental runs only.
""",
    fix="Read `session.table(str(dbt.this))`, under `if dbt.is_incremental:`.",
    check=_check,
    valid=(
        Case(model("dbt.config(enabled=False)\nreturn dbt.ref('orders_enriched')")),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n"
                "    df = df.subtract(session.table(str(dbt.this)))\nreturn df"
            )
        ),
        Case(
            model("return dbt.ref('orders', v=1)"),
            path="models/orders_v2.py",
            files={
                "models/orders_v1.sql": "select 1 as id",
                "models/schema.yml": "models:\n  - name: orders\n    versions: [{v: 1}, {v: 2}]\n",
            },
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n"
                "    df = df.subtract(⟦dbt.ref('orders_enriched')⟧)\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n"
                "    df = df.subtract(session.table(str(dbt.this)))\nreturn df"
            ),
            unsafe=True,
        ),
    ),
)
