"""Configs of a node that promise what is not done on Glue: with one of them nothing may be built.

Who may read a table must never depend on a config that nobody carries out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["LANGUAGES", "REFUSED", "refusal"]


def refusal(key: str, value: Any, language: str | None) -> str | None:
    """What to say of a config, from what it would have done to the next step; None where it asks for nothing.

    It goes on after the name of the config. `language` is that of the node, None of a seed.
    """
    told, languages = REFUSED[key]
    return told(value) if value and language in languages else None


def _tags(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"must be a mapping, not {value!r}"
    if not value.get("enabled"):
        return None
    wanted = [
        f"{place} {', '.join(f'{key}={_texts(tag)}' for key, tag in tags.items())}"
        for place, tags in (
            ("on the database", value.get("tags_database")),
            ("on the table", value.get("tags_table")),
        )
        if isinstance(tags, Mapping) and tags
    ]
    wanted += list(_column_tags(value.get("tags_columns")))
    removed = ", and remove those that are there" if value.get("drop_existing") else ""
    return (
        f"would set Lake Formation tags ({'; '.join(wanted) or 'none is named'}){removed}. That is not supported yet. "
        "Next: remove the config, or write `enabled: false`, and set the tags yourself "
        "(aws lakeformation add-lf-tags-to-resource)"
    )


def _column_tags(tags: Any) -> Iterator[str]:
    if not isinstance(tags, Mapping):
        return
    for key, values in tags.items():
        for value, columns in values.items() if isinstance(values, Mapping) else ():
            yield f"on the columns {_texts(columns)} {key}={value}"


def _filters(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"must be a mapping, not {value!r}"
    cells = value.get("data_cell_filters")
    if not isinstance(cells, Mapping) or not cells.get("enabled"):
        return None
    filters = cells.get("filters")
    wanted = [
        f"{name} for {_texts(each.get('principals')) or 'nobody'}"
        for name, each in (filters.items() if isinstance(filters, Mapping) else ())
        if isinstance(each, Mapping)
    ]
    return (
        f"would set data cell filters of Lake Formation ({'; '.join(wanted) or 'none is named'}): which rows and "
        "columns whom is shown. That is not supported yet. Next: remove the config, or write `enabled: false`, and "
        "make the filters yourself (aws lakeformation create-data-cells-filter)"
    )


def _grants(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"must be a mapping, not {value!r}"
    wanted = [f"{name} to {_texts(who)}" for name, who in value.items() if who]
    if not wanted:
        return None
    return (
        f"would grant {', '.join(wanted)}. Spark has no GRANT on Glue, and permissions of Lake Formation are not "
        "supported yet. Next: remove the config, and grant them yourself (aws lakeformation grant-permissions)"
    )


def _substitutes(value: Any) -> str | None:
    return (
        f"({_texts(value)}) would be evaluated as Python and put in place of <SUBSTITUTE_VARIABLE_…> in the SQL. That "
        "is not supported. Next: compute the value in the query, or by Jinja: {{ var('name') }}"
    )


def _texts(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value or "")


LANGUAGES: frozenset[str | None] = frozenset({None, "sql", "python"})

REFUSED: dict[str, tuple[Callable[[Any], str | None], frozenset[str | None]]] = {
    "lf_tags_config": (_tags, LANGUAGES),
    "lf_grants": (_filters, LANGUAGES),
    "grants": (_grants, LANGUAGES),
    "substitute_variables": (_substitutes, LANGUAGES - {"python"}),
}
"""Configs with which a node is not built: what to say of a value, or None where it asks for nothing; in which languages."""
