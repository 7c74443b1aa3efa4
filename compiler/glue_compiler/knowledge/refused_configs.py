"""Configs of a node with which nothing may be built: what is not done on Glue, and what Lake Formation would not take.

Who may read a table must never depend on a config that nobody carries out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.lake_formation import InvalidConfig, filters_of, grants_of, tags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["JUDGED", "LANGUAGES", "REFUSED", "refusal"]


def refusal(key: str, value: Any, language: str | None) -> str | None:
    """What to say of a config, from what is wrong with it to the next step; None where nothing is.

    It goes on after the name of the config, one of JUDGED. `language` is that of the node, None of a seed.
    """
    if key in _READ:
        try:
            _READ[key](value)
        except InvalidConfig as error:
            return str(error)
        return None
    told, languages = REFUSED[key]
    return told(value) if value and language in languages else None


def _substitutes(value: Any) -> str | None:
    return (
        f"({_texts(value)}) would be evaluated as Python and put in place of <SUBSTITUTE_VARIABLE_…> in the SQL. That "
        "is not supported. Next: compute the value in the query, or by Jinja: {{ var('name') }}"
    )


def _texts(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value or "")


LANGUAGES: frozenset[str | None] = frozenset({None, "sql", "python"})

REFUSED: dict[str, tuple[Callable[[Any], str | None], frozenset[str | None]]] = {
    "substitute_variables": (_substitutes, LANGUAGES - {"python"}),
}
"""Configs with which a node is not built: what to say of a value, or None where it asks for nothing; in which languages."""

_READ: Mapping[str, Callable[[Any], object]] = {
    "grants": grants_of,
    "lf_tags_config": tags_of,
    "lf_grants": filters_of,
}
"""Configs that are carried out, and with which a node is not built where Lake Formation would not take them."""

JUDGED = (*_READ, *REFUSED)
"""All configs that can keep a node from being built, in the order in which they are told."""
