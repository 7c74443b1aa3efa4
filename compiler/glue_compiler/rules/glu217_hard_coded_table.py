"""GLU217: a table named by hand that is a source or a model of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import TableRead
    from glue_compiler.project.context import ProjectContext


_SCREEN = Screen("table_reads", lambda read, _frame, _options: bool(read.tables))


def _check(context: Context) -> Iterator[Finding]:
    if context.project is None:
        return
    for read in context.kept_by(_SCREEN):
        for table in read.tables:
            known = _relation_and_call(context, context.project, table)
            if known is None:
                continue
            what, call = known
            yield Finding(
                read.value_span,
                f"`{table}` is {what}; read by its name, it is no input of this model in the graph",
                help=f"Write `{call}`.",
                fixes=_fixes(context, read, call),
            )


def _relation_and_call(
    context: Context, project: ProjectContext, table: str
) -> tuple[str, str] | None:
    """What a table written as `schema.name` is, and the call that reads it."""
    parts = [part.strip("`\"' ") for part in table.split(".")]
    if len(parts) < 2:
        return None
    schema, name = parts[-2].lower(), parts[-1].lower()
    for item in project.sources:
        if item.schema and item.schema.lower() == schema and item.relation.lower() == name:
            return (
                f"the source table `{item.source}.{item.name}`",
                f"dbt.source({item.source!r}, {item.name!r})",
            )
    for node in project.nodes:
        if node.schema and node.schema.lower() == schema and node.relation.lower() == name:
            if context.node is not None and node.key == context.node.key:
                return ("the table of this model", "dbt.this")
            version = "" if node.version is None else f", v={node.version}"
            return (f"the {node.kind} `{node.name}`", f"dbt.ref({node.name!r}{version})")
    return None


def _fixes(context: Context, read: TableRead, call: str) -> tuple[Fix, ...]:
    if read.how not in ("table", "read.table", "session.table") or call == "dbt.this":
        return ()
    if len(read.values) != 1 or not context.text(read.span).endswith(")"):
        return ()
    return (Fix(f"Write `{call}`", (Edit(read.span, call),), "unsafe"),)


_FILES = {
    "models/sources.yml": "sources:\n  - name: raw\n    schema: landing\n    tables:\n      - name: orders\n"
}

RULE = Rule(
    code="GLU217",
    name="hard-coded-table",
    severity=Severity.WARNING,
    summary="A table is read by its name although the project knows it as a source or model.",
    why="""
A table that is read with `session.table("schema.name")` or in SQL is no input of the model in dbt's
graph: the model does not wait for it, lineage and freshness do not know of it, and another target
still reads the same schema.
""",
    fix="Read it with `dbt.source(...)` or `dbt.ref(...)`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model("return dbt.source('raw', 'orders')"), files=_FILES),
        Case(model("return session.table('other.orders')"), files=_FILES),
    ),
    invalid=(Case(model("return session.table(⟦'landing.orders'⟧)"), files=_FILES),),
)
