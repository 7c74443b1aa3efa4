"""What there is to say about a place of a model, as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.editor import topics
from glue_compiler.editor.navigation import node_of, target_at
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.editor.navigation import Target
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import SourceText

_CODE = re.compile(r"\bGLU\d{3}\b")
_KINDS = {
    "spark": "Spark frame",
    "pandas": "pandas frame",
    "pandas_on_spark": "pandas-on-Spark frame",
}


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about the text in a span."""

    span: Span
    text: str


def hover(
    facts: ModelFacts,
    source: SourceText,
    offset: int,
    schemas: FrameSchemas,
    project: ProjectContext | None,
    glue_version: str,
) -> Hover | None:
    """What is known of the text at an offset; None when it is nothing of ours."""
    comment = next((item for item in facts.comments if item.span.contains(offset)), None)
    if comment is not None:
        return _rule(source, comment.span, offset)
    target = target_at(facts, source, offset)
    if target is None:
        return _import(facts, offset, glue_version)
    text = _text(target, facts, schemas, project, glue_version)
    return None if text is None else Hover(target.span, text)


def rule_text(code: str) -> str | None:
    """The documentation of a rule, None when there is none of this code."""
    from glue_compiler.rules import rule, rule_names

    if code not in rule_names():
        return None
    found = rule(code)
    parts = [f"**{found.code} {found.name}** ({found.severity.value})", found.summary]
    parts += [found.why.strip(), f"**Fix**: {found.fix.strip()}"]
    return "\n\n".join(parts)


def _rule(source: SourceText, comment: Span, offset: int) -> Hover | None:
    for match in _CODE.finditer(source.text, *comment):
        span = Span(*match.span())
        if span.contains(offset):
            text = rule_text(match[0])
            return None if text is None else Hover(span, text)
    return None


def _text(
    target: Target,
    facts: ModelFacts,
    schemas: FrameSchemas,
    project: ProjectContext | None,
    glue_version: str,
) -> str | None:
    names = target.names
    if target.kind == "ref":
        node = node_of(project, target)
        return None if node is None else topics.node_text(node, schemas)
    if target.kind == "source":
        return None if project is None else topics.source_text(project, names[0], names[1])
    if target.kind == "dbt":
        return topics.dbt_text(names[0])
    if target.kind == "config":
        return topics.config_text(names[0])
    if target.kind == "config_value":
        return _config_value(names[0], names[1], glue_version)
    if target.kind == "column":
        return _column(names[0], target.frames, schemas)
    if target.kind == "member":
        return _member(names[0], names[1], glue_version)
    return frame_text(facts, target.frames, schemas)


def _config_value(key: str, value: str, glue_version: str) -> str | None:
    if key != "packages":
        return None
    from glue_compiler.knowledge.packages import parse_requirement

    name = parse_requirement(value).name
    return topics.package_text(name, glue_version) if name else None


def _member(kind: str, name: str, glue_version: str) -> str | None:
    from glue_compiler.knowledge.frames import owner_of_kind

    return topics.member_text(owner_of_kind(kind), name, glue_version)


def _column(name: str, frames: Sequence[int], schemas: FrameSchemas) -> str | None:
    for column in schemas.columns(frames):
        if column.name.lower() != name.lower():
            continue
        title = f"**{column.name}**" + (f": `{column.type}`" if column.type else "") + " (column)"
        lines = [title]
        if column.relation is not None:
            origin = column.relation.key.partition(":")[2]
            declared = schemas.declared(column)
            renamed = declared is not None and declared.name.lower() != name.lower()
            lines += [
                "",
                f"From `{origin}`"
                + (f", column `{declared.name}`" if renamed and declared else ""),
            ]
            if declared is not None and declared.description:
                lines += ["", declared.description]
        else:
            lines += ["", "Made in this model."]
        return "\n".join(lines)
    return None


def frame_text(facts: ModelFacts, frames: Sequence[int], schemas: FrameSchemas) -> str | None:
    """A frame: its kind, columns and origin; both, where the worlds differ."""
    parts: list[str] = []
    for index in frames:
        frame = facts.flow.frames[index]
        known = schemas.of(index)
        lines = [f"**{_KINDS[frame.kind]}**{_count(len(known.columns), known.exact)}"]
        if frame.relations:
            origin = ", ".join(
                f"`{item.key.partition(':')[2] or item.key}`" for item in frame.relations
            )
            lines += ["", f"Rows of {origin}."]
        if known.columns:
            lines += ["", "| column | type | from |", "|---|---|---|"]
            for column in known.columns[:40]:
                origin = "" if column.relation is None else column.relation.key.partition(":")[2]
                lines.append(f"| `{column.name}` | {column.type or ''} | {origin} |")
        open_bases = [
            base.relation.key.partition(":")[2]
            for base in frame.schema.bases
            if schemas.relation(base.relation) is None
        ]
        if open_bases:
            lines += [
                "",
                f"The columns of {', '.join(f'`{name}`' for name in open_bases)} are not known: declare them in YAML.",
            ]
        elif frame.schema.open:
            lines += ["", f"There may be more columns: {_why_open(facts, index)}."]
        text = "\n".join(lines)
        if text not in parts:
            parts.append(text)
    return "\n\n---\n\n".join(parts) or None


def _why_open(facts: ModelFacts, index: int) -> str:
    """What made the columns of a frame open: the first call, going back, whose result is open and receiver not."""
    seen: set[int] = set()
    while index not in seen:
        seen.add(index)
        made = [use for use in facts.flow.members if use.result == index and use.called]
        if not made:
            break
        use = made[0]
        if use.frame is None or not facts.flow.frames[use.frame].schema.open:
            return f"what `{use.member}` gives cannot be followed"
        index = use.frame
    return "something in its making cannot be followed"


def _count(count: int, exact: bool) -> str:
    if not count:
        return ""
    return f", {'' if exact else 'at least '}{count} column{'s' * (count != 1)}"


def _import(facts: ModelFacts, offset: int, glue_version: str) -> Hover | None:
    from glue_compiler.knowledge.packages import provision_of

    for item in facts.imports:
        if item.statement.contains(offset) and item.span.contains(offset) and not item.level:
            found = provision_of(item.module, glue_version)
            if found.distributions and found.origin in ("preinstalled", "missing"):
                text = topics.package_text(found.distributions[0], glue_version)
                return Hover(item.span, text)
    return None
