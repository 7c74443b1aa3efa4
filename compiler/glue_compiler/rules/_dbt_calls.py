"""The arguments of dbt calls, and the edits that repair such calls."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Edit, Fix
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.facts.model import Argument, DbtUse
    from glue_compiler.rules._rule import Context

CALLS = ("ref", "source", "config", "config.get", "config.meta_get")


def positional(use: DbtUse) -> list[Argument]:
    """The arguments without a name or star."""
    return [item for item in use.args if item.name is None and not item.star]


def keywords(use: DbtUse) -> dict[str, Argument]:
    """The named arguments."""
    return {item.name: item for item in use.args if item.name is not None}


def has_star(use: DbtUse) -> bool:
    """Whether there are arguments whose number is not in the text."""
    return any(item.star for item in use.args)


def arguments_span(use: DbtUse) -> Span:
    """Where the arguments stand; the whole call when it has none."""
    if use.args:
        return Span(use.args[0].span.start, use.args[-1].span.end)
    return use.span


def literals(use: DbtUse) -> list[Any] | None:
    """The values of the positional arguments when all of them are literals."""
    items = positional(use)
    if has_star(use) or any(item.literal is None for item in items):
        return None
    return [item.value for item in items]


def ref_target(use: DbtUse) -> tuple[str, str | None, Any] | None:
    """Name, package and version of a `ref` whose arguments are right, else None."""
    values = literals(use)
    if values is None or not 1 <= len(values) <= 2 or not all(isinstance(v, str) for v in values):
        return None
    named = keywords(use)
    if not named.keys() <= {"v", "version"}:
        return None
    version = next(iter(named.values()), None)
    if version is not None and version.literal is None:
        return None
    package = values[0] if len(values) == 2 else None
    return values[-1], package, None if version is None else version.value


def source_target(use: DbtUse) -> tuple[str, str] | None:
    """Source and table of a `source` whose arguments are right, else None."""
    values = literals(use)
    if values is None or len(values) != 2 or use.args[2:]:
        return None
    return (values[0], values[1]) if all(isinstance(v, str) for v in values) else None


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


def rename(context: Context, argument: Argument, new: str) -> tuple[Fix, ...]:
    """The fix that writes another name into a string argument."""
    span = inner(context, argument)
    text = new if span != argument.value_span else repr(new)
    return (Fix(f"Change it to `{new}`", (Edit(span, text),), "unsafe"),)


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
