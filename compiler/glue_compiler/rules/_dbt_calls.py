"""The edits that repair dbt calls."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import literals
from glue_compiler.findings.diagnostics import Edit, Fix
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.facts.model import Argument, DbtUse
    from glue_compiler.findings.diagnostics import Safety
    from glue_compiler.rules.definition import Context


def inner(context: Context, argument: Argument) -> Span:
    """The text of a string argument without its quotes, when it is one plain string."""
    span = argument.value_span
    text = context.text(span)
    if (
        len(text) >= 2
        and text[0] in "'\""
        and text[-1] == text[0]
        and text[1:-1].count(text[0]) == 0
    ):
        return Span(span.start + 1, span.end - 1)
    return span


def rename(
    context: Context, argument: Argument, new: str, safety: Safety = "unsafe"
) -> tuple[Fix, ...]:
    """The fix that writes another name into a string argument."""
    span = inner(context, argument)
    text = new if span != argument.value_span else repr(new)
    return (Fix(f"Change it to `{new}`", (Edit(span, text),), safety),)


def line_break(context: Context) -> str:
    """The line break that the file uses."""
    match = re.search(r"\r\n|\r|\n", context.source.text)
    return match[0] if match else "\n"


def hoist(context: Context, use: DbtUse) -> Fix | None:
    """Assign the call to a name in a line of its own, before its statement."""
    statement = use.statement
    if statement is None or not statement.hoistable:
        return None
    if "".join(context.text(use.callee).split()) != f"dbt.{use.api}":
        return None  # under any other name dbt does not see it in a line of its own either
    name = _free_name(context, use)
    call = context.text(use.span)
    line = f"{statement.indent}{name} = {call}{line_break(context)}"
    start = Span(statement.line_start, statement.line_start)
    return Fix(f"Assign it to `{name}` first", (Edit(start, line), Edit(use.span, name)))


def _free_name(context: Context, use: DbtUse) -> str:
    values = literals(use) or []
    base = str(values[-1]) if values and isinstance(values[-1], str) else use.api
    base = re.sub(r"\W+", "_", base, flags=re.ASCII).strip("_").lower() or "value"
    if base[0].isdigit() or keyword.iskeyword(base):
        base = f"_{base}"
    taken = set(re.findall(r"\w+", context.source.text.replace(context.text(use.span), "")))
    if base not in taken:
        return base
    suffix = {"ref": "_df", "source": "_df"}.get(use.api, "_value")
    name, number = base + suffix, 2
    while name in taken:
        name, number = f"{base}{suffix}_{number}", number + 1
    return name
