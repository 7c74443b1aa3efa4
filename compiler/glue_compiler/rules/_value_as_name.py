"""Texts that a function of Spark takes as the names of columns, and that look like none: they were meant as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.signatures import Given, nameless
from glue_compiler.rules._frames import api_of_kind, in_world
from glue_compiler.rules.definition import Finding
from glue_compiler.text.constants import Constant

if TYPE_CHECKING:
    from glue_compiler.facts.frames import FrameArgument, MemberUse
    from glue_compiler.rules.definition import Context
    from glue_compiler.text.source import Span

NO_NAME = "no name"


def value_as_name(context: Context, use: MemberUse, argument: FrameArgument) -> Finding:
    """The finding of such an argument; an error where no frame that it is used for has a column of that name."""
    text = str(Constant(argument.literal or "").value)
    bare = context.text(use.receiver) == use.member
    number = text if text.removeprefix("-").isdigit() else None
    literal = context.text(argument.value_span)
    better = number or f"{'' if bare else context.text(use.receiver) + '.'}lit({literal})"
    fixes: tuple[Fix, ...] = ()
    if number is not None or not bare:
        fixes = (Fix(f"Write `{better}`", (Edit(argument.value_span, better),), "unsafe"),)
    return Finding(
        argument.span,
        f"`{use.member}` takes {literal} as the name of a column{in_world(use.worlds)}",
        help=f"Write `{better}` for the value.",
        fixes=fixes,
        severity=None if _is_in_no_frame(context, argument, text) else Severity.WARNING,
    )


def _is_in_no_frame(context: Context, argument: FrameArgument, name: str) -> bool:
    span = argument.value_span
    frames = {
        use.frame
        for use in context.facts.flow.columns
        if use.must_exist and span.start <= use.span.start and use.span.end <= span.end
    }
    known = [context.schemas.all_names(frame) for frame in frames]
    return bool(known) and all(schema is not None and name not in schema.names for schema in known)


def told_as_values(context: Context) -> set[Span]:
    """Where the texts stand that are told so."""
    found = set()
    for use in context.facts.flow.members:
        table = None
        if use.kind == "spark_functions" and not use.tried:
            table = api_of_kind(use.kind, context.settings.options)
        member = None if table is None else table.member(use.member)
        if member is None:
            continue
        index = nameless(member, [Given(arg.name, arg.kind, arg.literal) for arg in use.args])
        if index is not None:
            found.add(use.args[index].value_span)
    return found
