"""What a place of a model is about: a ref, a source, a config, a column, a member, a frame; and where it is defined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Argument, DbtUse, ModelFacts
    from glue_compiler.project.context import Node, ProjectContext, SourceTable
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import SourceText

Kind = Literal["ref", "source", "config", "config_value", "dbt", "column", "member", "frame"]


@dataclass(frozen=True, slots=True)
class Target:
    """What stands at a place. `span` is the part of the text that names it.

    `names` identify it: (package or "", model, version or "") of a ref, (source, table), (key,) of
    a config, (key, value) of a value, (path,) of dbt's API, (column,), (kind, member) or ().
    `frames` are the frames that a column or member belongs to, or that the text is.
    """

    kind: Kind
    span: Span
    names: tuple[str, ...] = ()
    frames: tuple[int, ...] = ()


def target_at(facts: ModelFacts, source: SourceText, offset: int) -> Target | None:
    """What the text at an offset is about, None when it is nothing of ours."""
    for use in facts.dbt_uses:
        if use.span.contains(offset):
            found = _in_use(use, source, offset)
            if found is not None:
                return found
    return _in_frames(facts, offset)


def _in_use(use: DbtUse, source: SourceText, offset: int) -> Target | None:
    if use.name_span.contains(offset) and use.known:
        return Target("dbt", use.name_span, (use.api,))
    for target in targets_of(use, source):
        if target.span.contains(offset):
            return target
    if use.api in ("config.get", "config.meta_get") and use.args and use.api == "config.get":
        argument = use.args[0]
        if argument.value_span.contains(offset) and isinstance(argument.value, str):
            return Target("config", inner_span(source, argument.value_span), (argument.value,))
    if use.api == "config":
        for argument in use.args:
            if argument.name_span is not None and argument.name_span.contains(offset):
                return Target("config", argument.name_span, (argument.name or "",))
            if argument.value_span.contains(offset) and argument.name is not None:
                return _config_value(argument, source, offset)
    return None


def _config_value(argument: Argument, source: SourceText, offset: int) -> Target | None:
    start, end = argument.value_span
    for match in re.finditer(r"(['\"])([^'\"\r\n]*)\1", source.text[start:end]):
        span = Span(start + match.start(2), start + match.end(2))
        if span.contains(offset):
            return Target("config_value", span, (argument.name or "", match[2]))
    return None


def targets_of(use: DbtUse, source: SourceText) -> tuple[Target, ...]:
    """The model or source that a call of `dbt.ref` or `dbt.source` with literal arguments names."""
    from glue_compiler.facts.dbt_calls import positional, ref_target, source_target

    if use.api == "ref":
        target = ref_target(use)
        if target is None:
            return ()
        name, package, version = target
        span = inner_span(source, positional(use)[-1].value_span)
        names = (package or "", name, "" if version is None else str(version))
        return (Target("ref", span, names),)
    if use.api == "source":
        pair = source_target(use)
        if pair is None:
            return ()
        return tuple(
            Target("source", inner_span(source, item.value_span), pair) for item in positional(use)
        )
    return ()


def inner_span(source: SourceText, span: Span) -> Span:
    """The span of a string literal without its quotes."""
    match = re.match(r"\w{0,2}(\"\"\"|'''|\"|')", source.slice(span))
    if match is None:
        return span
    return Span(span.start + match.end(), max(span.end - len(match[1]), span.start + match.end()))


def _in_frames(facts: ModelFacts, offset: int) -> Target | None:
    flow = facts.flow
    columns = [use for use in flow.columns if use.span.contains(offset)]
    if columns:
        frames = tuple(dict.fromkeys(use.frame for use in columns))
        return Target("column", columns[0].span, (columns[0].name,), frames)
    members = [use for use in flow.members if use.name_span.contains(offset)]
    if members:
        used = tuple(dict.fromkeys(use.frame for use in members if use.frame is not None))
        return Target("member", members[0].name_span, (members[0].kind, members[0].member), used)
    best: Span | None = None
    found: dict[int, None] = {}
    for span, frame in _frame_places(facts):
        if span.contains(offset) and (best is None or best.covers(span)):
            if span != best:
                best, found = span, {}
            found[frame] = None
    return None if best is None else Target("frame", best, (), tuple(found))


def _frame_places(facts: ModelFacts) -> Iterator[tuple[Span, int]]:
    """The names in the text that are known to be frames."""
    flow = facts.flow
    for binding in flow.bindings:
        yield binding.span, binding.frame
    for use in flow.members:
        if use.frame is not None and _is_name(use.receiver):
            yield use.receiver, use.frame
        for argument in use.args:
            if argument.frame is not None and _is_name(argument.value_span):
                yield argument.value_span, argument.frame
    for item in flow.returns:
        if item.frame is not None and item.value_span is not None and _is_name(item.value_span):
            yield item.value_span, item.frame


def _is_name(span: Span) -> bool:
    """Short enough for a name: a long chain is not what a person points at."""
    return span.end - span.start <= 40


def node_of(project: ProjectContext | None, target: Target) -> Node | None:
    """The model, seed or snapshot that a ref names."""
    if project is None or target.kind != "ref":
        return None
    package, name, version = target.names
    return project.find_ref(name, package or None, version or None).node


def table_of(project: ProjectContext | None, target: Target) -> SourceTable | None:
    """The source table that a `dbt.source` names."""
    if project is None or target.kind != "source":
        return None
    return project.source_table(target.names[0], target.names[1])


def _identities(
    facts: ModelFacts, frame: int, name: str, schemas: FrameSchemas
) -> set[tuple[str, str, str]]:
    """What a column of a frame is: a column of a relation, or one made from rows of relations."""
    wanted = name.lower()
    for column in schemas.of(frame).columns:
        if column.name.lower() == wanted:
            if column.relation is None:
                break
            declared = schemas.declared(column)
            name = wanted if declared is None else declared.name.lower()
            return {("column", column.relation.key, name)}
    else:
        bases = facts.flow.frames[frame].schema.bases
        if len(bases) == 1:
            old = next((r.old for r in bases[0].renamed if r.new.lower() == wanted), wanted)
            return {("column", bases[0].relation.key, old.lower())}
    return {("made", item.key, wanted) for item in facts.flow.frames[frame].relations}


def same_places(
    facts: ModelFacts, source: SourceText, target: Target, schemas: FrameSchemas
) -> tuple[Span, ...]:
    """All places of the file that are about the same ref, source, config or column.

    Columns are the same when they are the same column of a relation; and of those that the model
    makes, when they have the same name in frames whose rows come from a common relation.
    """
    found: set[Span] = set()
    if target.kind in ("ref", "source"):
        for use in facts.uses(target.kind):
            found.update(
                item.span for item in targets_of(use, source) if item.names == target.names
            )
    elif target.kind == "config":
        for use in facts.uses("config", "config.get"):
            for argument in use.args:
                if use.api == "config" and argument.name == target.names[0]:
                    found.add(argument.name_span or argument.span)
                elif use.api == "config.get" and argument.value == target.names[0]:
                    found.add(inner_span(source, argument.value_span))
    elif target.kind == "column":
        wanted = {
            item
            for frame in target.frames
            for item in _identities(facts, frame, target.names[0], schemas)
        }
        found.update(
            use.span
            for use in facts.flow.columns
            if (use.frame in target.frames and use.name.lower() == target.names[0].lower())
            or not wanted.isdisjoint(_identities(facts, use.frame, use.name, schemas))
        )
    return tuple(sorted(found))
