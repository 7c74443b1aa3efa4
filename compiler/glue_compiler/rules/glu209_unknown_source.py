"""GLU209: a source, or a table of a source, that the project does not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import positional, source_target
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    project = context.project
    if project is None:
        return
    for use in context.resolved("source"):
        target = source_target(use)
        if target is None:
            continue
        source, name = target
        tables = project.source_tables(source)
        first, second = positional(use)
        found = tables.get(name)
        if found is not None:
            if found.enabled is False:
                place = found.place
                yield Finding(
                    second.value_span,
                    f"the source table `{source}.{name}` is disabled",
                    help="Enable it, or read something else.",
                    related=(Related(place.path, None, "disabled here", place.line),)
                    if place
                    else (),
                )
        elif not project.sources_complete:
            continue
        elif not tables:
            guess = closest(source, project.source_names)
            hint = f"; did you mean `{guess}`?" if guess else ""
            yield Finding(
                first.value_span,
                f"no source is called `{source}`{hint}",
                help="Declare it under `sources:` in a YAML file of the model paths.",
                fixes=rename(context, first, guess) if guess else (),
            )
        else:
            guess = closest(name, tables)
            hint = f"; did you mean `{guess}`?" if guess else ""
            place = next(iter(tables.values())).place
            yield Finding(
                second.value_span,
                f"the source `{source}` has no table `{name}`{hint}",
                help=f"Its tables are {', '.join(sorted(tables)[:8])}.",
                fixes=rename(context, second, guess) if guess else (),
                related=(Related(place.path, None, "the source", place.line),) if place else (),
            )


_FILES = {
    "models/sources.yml": (
        "sources:\n  - name: raw\n    tables:\n      - name: orders\n"
        "      - name: returns\n        config: {enabled: false}\n"
    )
}

RULE = Rule(
    code="GLU209",
    name="unknown-source",
    severity=Severity.ERROR,
    summary="`dbt.source` names a source or table that is not declared, or is disabled.",
    why="""
Sources and their tables are declared in YAML. One that is not declared stops dbt when it builds the
graph. When a YAML file cannot be read, nothing is reported.
""",
    fix="Correct the name, or declare the table. The fix writes the most similar name.",
    check=_check,
    valid=(
        Case(model("return dbt.source('raw', 'orders')"), files=_FILES),
        Case(model("return dbt.source('any', 'thing')")),
        Case(
            model("return dbt.source('any', 'thing')"),
            files={**_FILES, "models/broken.yml": "sources:\n  {% if x %}\n"},
        ),
    ),
    invalid=(
        Case(
            model("return dbt.source('raw', ⟦'order'⟧)"),
            fixed=model("return dbt.source('raw', 'orders')"),
            unsafe=True,
            files=_FILES,
        ),
        Case(
            model("return dbt.source(⟦'row'⟧, 'orders')"),
            fixed=model("return dbt.source('raw', 'orders')"),
            unsafe=True,
            files=_FILES,
        ),
        Case(model("return dbt.source('raw', ⟦'returns'⟧)"), files=_FILES, message="disabled"),
    ),
)
