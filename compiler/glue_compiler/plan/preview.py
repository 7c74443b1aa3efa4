"""A model compiled without dbt: its plan and program as far as the project's files tell, for people to read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from glue_compiler.program.emit import (
    ProgramRequest,
    Reference,
    SourceReference,
    This,
    WriteTarget,
    emit,
)
from glue_compiler.schemas.resolver import FrameSchemas

if TYPE_CHECKING:
    from glue_compiler.facts.model import DbtUse, ModelFacts
    from glue_compiler.project.context import Node, ProjectContext

NONCE = "0" * 16
"""Stands where a run has a number of its own, so that the same model gives the same text."""

_KINDS = {
    "spark": "a Spark frame",
    "pandas": "a pandas frame",
    "pandas_on_spark": "a pandas-on-Spark frame",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan of a model, and what its program would be made of."""

    plan: Plan
    request: ProgramRequest

    @property
    def program(self) -> str:
        """The program as it would reach the session."""
        return emit(self.request).text

    @property
    def scratch(self) -> Preview:
        """The preview of a program that writes a scratch table, `<model>__standalone`, and not the model's own."""
        this = self.request.this
        relation = _quoted(this.schema, f"{this.identifier}__standalone")
        target = replace(self.request.target, relation=relation)
        return Preview(self.plan, replace(self.request, target=target))


def preview(
    facts: ModelFacts,
    text: str,
    *,
    filename: str,
    stem: str,
    project: ProjectContext | None,
    node: Node | None,
    incremental: bool,
    glue_version: str,
    schema: str | None = None,
    optimize: object = None,
    ansi: bool = False,
) -> Preview:
    """The preview of a model; `facts` are `analyze`'s of the same text, for the same Glue version.

    `filename` is what a traceback would show, `stem` the name of a model that the project does not
    know, `schema` that of relations whose schema only dbt knows, `optimize` the project's variable,
    and `ansi` tells that the session may run in ANSI mode.

    Raises:
        ValueError: when the config or variable `optimize` cannot be understood.
    """
    config = {} if node is None else dict(node.config)
    meta = config.get("meta")
    name = stem if node is None else node.relation
    own = (None if node is None else node.schema) or schema or "default"
    made = plan(
        facts,
        text,
        RunContext(
            is_incremental=incremental,
            config=config,
            meta=meta if isinstance(meta, dict) else {},
            this={"database": None, "schema": own, "identifier": name},
            spark=AnalysisOptions.for_glue(glue_version).spark,
            optimize=Optimize.of(config.get("optimize")).without(Optimize.of(optimize)),
            optimize_actions=config.get("optimize_actions") is True,
            config_complete=False,
            ansi=ansi,
            columns_of=FrameSchemas.known(facts, project).complete_names,
        ),
    )
    target = _quoted(own, name)
    refs, sources = _references(facts, project, own)
    request = ProgramRequest(
        unique_id=f"model.{project.name if project else 'standalone'}.{stem}",
        filename=filename,
        source=made.source,
        this=This(None, own, name, target),
        target=WriteTarget(target, existing=target if incremental else None),
        nonce=NONCE,
        refs=refs,
        sources=sources,
        config=config,
        meta=meta if isinstance(meta, dict) else {},
        is_incremental=incremental,
        shown_lines=made.changed_lines,
        expected_kind=made.kind,
    )
    return Preview(made, request)


def returned(made: Plan) -> str:
    """What a model returns, in words."""
    return _KINDS.get(made.kind or "", "a frame of a kind that is not known")


def plan_markdown(made: Plan, name: str) -> str:
    """The plan as Markdown: a table of what was applied and refused, and what the refusals mean."""
    rows = made.to_dict()["decisions"]
    lines = [f"# Plan of `{name}`", "", f"It returns {returned(made)}."]
    if made.why_not:
        return "\n".join([*lines, "", f"The source runs as it is: {made.why_not}.", ""])
    if not rows:
        return "\n".join([*lines, "", "The source runs as it is: there is nothing to rewrite.", ""])
    lines += ["", "| line | rewrite | | why | saves |", "|---:|---|---|---|---|"]
    for row in rows:
        cells = (
            str(row["line"]),
            f"`{row['rewrite']}`",
            "applied" if row["applied"] else "refused",
            "" if row["applied"] else _cell(row["detail"] or row["why"]),
            _cell(row["saves"]) if row["applied"] else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    refused = dict.fromkeys((row["reason"], row["why"]) for row in rows if not row["applied"])
    if refused:
        lines += ["", "## Why rewrites were refused", ""]
        lines += [f"- `{reason}`: {why}" for reason, why in refused]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _references(
    facts: ModelFacts, project: ProjectContext | None, schema: str
) -> tuple[tuple[Reference, ...], tuple[SourceReference, ...]]:
    refs: dict[Reference, None] = {}
    sources: dict[SourceReference, None] = {}
    for use in facts.uses("ref", "source"):
        parts = [str(a.value) for a in use.args if a.name is None and a.literal is not None]
        if not use.called or not 1 <= len(parts) <= 2:
            continue
        if use.api == "source" and len(parts) == 2:
            table = None if project is None else project.source_table(*parts)
            found = _quoted(
                (table.schema if table else None) or parts[0],
                table.relation if table else parts[1],
            )
            sources[SourceReference(parts[0], parts[1], found)] = None
        elif use.api == "ref":
            refs[_reference(use, parts, project, schema)] = None
    return tuple(refs), tuple(sources)


def _reference(
    use: DbtUse, parts: list[str], project: ProjectContext | None, schema: str
) -> Reference:
    version = use.argument(9, "v", "version")
    wanted = None if version is None or version.literal is None else str(version.value)
    package = parts[0] if len(parts) == 2 else None
    node = None if project is None else project.find_ref(parts[-1], package, wanted).node
    relation = _quoted(
        (node.schema if node else None) or schema, node.relation if node else parts[-1]
    )
    return Reference(parts[-1], relation, package, wanted)


def _quoted(schema: str, name: str) -> str:
    return ".".join("`" + part.replace("`", "``") + "`" for part in (schema, name))
