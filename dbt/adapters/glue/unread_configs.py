"""Configs that promise what is not done here: those about security are errors by name, others are told of.

Who may read a table must never depend on a config that nobody carries out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.config_keys import WITHOUT_EFFECT

from dbt.adapters.glue.session_meta import meta_refusals, meta_without_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = [
    "BUILDING_COMMANDS",
    "IGNORED",
    "REFUSED",
    "Unread",
    "check_unread",
    "check_unread_of_all",
    "ignored",
    "listed",
    "refused",
]

BUILDING_COMMANDS = frozenset({"build", "clone", "compile", "retry", "run", "seed", "snapshot"})
"""Commands of dbt that make what a node's configs are about, or say how."""

_STORED = frozenset({"model", "seed", "snapshot"})
_SHOWN = 5


class Unread(NamedTuple):
    """A config that is set, and what to say of it: a sentence or two."""

    key: str
    told: str


def refused(
    config: Mapping[str, Any], language: str | None, credentials: GlueCredentials
) -> list[Unread]:
    """The configs with which a node must not be built, with what each would have done and the next step."""
    found = (
        (key, told(config.get(key)))
        for key, (told, languages) in REFUSED.items()
        if language in languages and config.get(key)
    )
    return [
        *(Unread(key, sentence) for key, sentence in found if sentence),
        *(Unread(*told) for told in meta_refusals(config.get("meta") or {}, credentials)),
    ]


def ignored(config: Mapping[str, Any], language: str | None) -> list[Unread]:
    """The configs of dbt-glue's, and its words of `meta`, that are set on a node and change nothing."""
    found = [
        Unread(key, why)
        for key, (why, languages) in IGNORED.items()
        if language in languages and str(config.get(key) or "False") != "False"
    ]
    tags = config.get("lf_tags_config")
    if isinstance(tags, Mapping) and tags and "enabled" not in tags:
        found.append(
            Unread(
                "lf_tags_config",
                "sets no tag, as in dbt-glue, because it has no `enabled: true`; write which you mean",
            )
        )
    found += [Unread(*told) for told in meta_without_effect(config.get("meta") or {})]
    return found


def check_unread(
    config: Mapping[str, Any], language: str | None, credentials: GlueCredentials
) -> None:
    """Raises CompilationError for the configs of a node that must not pass unread."""
    found = refused(config, language, credentials)
    if found:
        raise CompilationError("\n".join(f"`{key}` {told}" for key, told in found))


def check_unread_of_all(
    nodes: Iterable[Any],
    selected: Collection[str],
    credentials: GlueCredentials,
    tell: Callable[[str], None],
) -> set[str]:
    """The same for all of dbt's nodes that a command selected, at once.

    `tell` gets a sentence for each config that changes nothing; their names are given back.
    """
    refusals: dict[Unread, list[str]] = {}
    without_effect: dict[Unread, list[str]] = {}
    for node in nodes:
        if node.unique_id not in selected or str(node.resource_type) not in _STORED:
            continue
        path, language = str(node.original_file_path), getattr(node, "language", None)
        for unread in refused(node.config, language, credentials):
            refusals.setdefault(unread, []).append(path)
        for unread in ignored(node.config, language):
            without_effect.setdefault(unread, []).append(path)
    for (key, why), paths in without_effect.items():
        tell(f"the config `{key}` of {listed(paths)} has no effect: {why}")
    if refusals:
        lines = [f"  `{key}` of {listed(paths)} {told}" for (key, told), paths in refusals.items()]
        raise CompilationError(
            "Configs that must not pass unread, and that this adapter does not carry out; nothing was built:\n"
            + "\n".join(lines)
        )
    return {key for key, _ in without_effect}


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, at most five, in order, and how many more there are."""
    ordered = sorted(names)
    more = len(ordered) - _SHOWN
    return ", ".join(ordered[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


# What each would have done


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


def _catalog(value: Any) -> str | None:
    return (
        f"is {value!r}, an entry of catalogs.yml, which this adapter does not read yet. Next: say where the table is "
        "by `file_format` (iceberg, s3tables and others) and `location_root` or the profile's `location`"
    )


def _substitutes(value: Any) -> str | None:
    return (
        f"({_texts(value)}) would be evaluated as Python and put in place of <SUBSTITUTE_VARIABLE_…> in the SQL. That "
        "is not supported. Next: compute the value in the query, or by Jinja: {{ var('name') }}"
    )


def _texts(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value or "")


_BOTH = frozenset({None, "sql", "python"})

REFUSED: dict[str, tuple[Callable[[Any], str | None], frozenset[str | None]]] = {
    "lf_tags_config": (_tags, _BOTH),
    "lf_grants": (_filters, _BOTH),
    "grants": (_grants, _BOTH),
    "catalog_name": (_catalog, _BOTH),
    "substitute_variables": (_substitutes, _BOTH - {"python"}),
}
"""Configs with which a node is not built: what to say of a value, or None where it asks for nothing; in which languages."""

IGNORED: dict[str, tuple[str, frozenset[str | None]]] = {
    "custom_temp_suffix": (WITHOUT_EFFECT["custom_temp_suffix"], _BOTH),
    "use_iceberg_temp_views": (
        "rows wait in the session where they have to, and no table is made of them",
        _BOTH,
    ),
    "purge_dropped_iceberg_data": (WITHOUT_EFFECT["purge_dropped_iceberg_data"], _BOTH),
    "write_options": (WITHOUT_EFFECT["write_options"], _BOTH),
    "add_iceberg_timestamp": (WITHOUT_EFFECT["add_iceberg_timestamp"], frozenset({"python"})),
    "substitute_variables": (WITHOUT_EFFECT["substitute_variables"], frozenset({"python"})),
}
"""dbt-glue's configs that are taken and change nothing: why, and in which languages (None: seeds)."""
