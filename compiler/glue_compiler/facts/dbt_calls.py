"""What the arguments of dbt calls say: by position, by name, as literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.facts.model import Argument, DbtUse

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
