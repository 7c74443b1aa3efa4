"""The types of what expressions are made of, for the rules that judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.flow.core.schemas import find
from glue_compiler.flow.spark.types import spark_type
from glue_compiler.knowledge.types import misfit
from glue_compiler.rules._frames import called_relation, in_world
from glue_compiler.rules.definition import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_compiler.facts.schemas import Column
    from glue_compiler.facts.types import Operand, TypedExpression
    from glue_compiler.rules.definition import Context


class Part(NamedTuple):
    """An operand with its type, and where that is from: a sentence, which is empty for code."""

    text: str
    type: str
    source: str
    certain: bool


def mistyped(
    context: Context,
    wanted: Callable[[TypedExpression], bool],
    said: Callable[[TypedExpression, list[Part]], tuple[str, str]],
) -> Iterator[Finding]:
    """A finding for each expression that Spark refuses for the types in it; `said` gives message and advice."""
    seen = set()
    for fact in context.facts.flow.typed:
        if not wanted(fact):
            continue
        parts = [_part(context, operand) for operand in fact.operands]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            continue
        wrong = misfit(
            context.settings.options.spark,
            fact.operation,
            [part.type for part in known],
            target=fact.target,
            argument=fact.argument,
        )
        key = fact.span, fact.operation, fact.argument
        if not wrong or key in seen:
            continue
        seen.add(key)
        found = [known[at] for at in wrong]
        message, advice = said(fact, found)
        sources = " ".join(dict.fromkeys(part.source for part in found if part.source))
        yield Finding(
            fact.span,
            message + in_world(fact.worlds),
            help=f"{advice} {sources}".strip(),
            severity=None if all(part.certain for part in found) else Severity.WARNING,
        )


def _part(context: Context, operand: Operand) -> Part | None:
    text = context.text(operand.span)
    if operand.type is not None:
        return Part(text, operand.type, "", True)
    if operand.frame is None or operand.name is None:
        return None
    schema = context.schemas.all_names(operand.frame)
    found = [] if schema is None else find(schema, operand.name)
    return part_of(context, found[0], text) if len(found) == 1 else None


def part_of(context: Context, column: Column, text: str) -> Part | None:
    """A column of a frame, as the text has it; None where its type is not known."""
    if column.type is None:
        return None
    source, certain = _source(context, column)
    return Part(text, spark_type(column.type), source, certain)


def _source(context: Context, column: Column) -> tuple[str, bool]:
    """Where the type of a column is from, in a sentence, and whether that cannot be a slip of somebody who wrote it down."""
    relation = column.relation
    known = None if relation is None else context.schemas.relation(relation)
    declared = context.schemas.declared(column)
    if relation is None or known is None or declared is None:
        return "", True
    name = f"`{column.relation_column or column.name}` of {called_relation(relation)}"
    place = declared.place or known.place
    where = "" if place is None else f" ({place.path}:{place.line})"
    certain = known.provenance == "contract" or declared.provenance != "yaml"
    return f"{name} is {column.type}{where}.", certain and not known.stale
