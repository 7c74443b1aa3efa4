"""Configs that cannot be carried out: those that promise something are errors by name, others are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.config_keys import WITHOUT_EFFECT
from glue_compiler.knowledge.lake_formation import naming_columns, without_effect
from glue_compiler.knowledge.refused_configs import JUDGED, LANGUAGES, refusal

from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.session_meta import meta_refusals, meta_without_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = [
    "BUILDING_COMMANDS",
    "IGNORED",
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
_SPARKS_OWN = ("csv", "json", "text")
"""Formats of tables that Hive cannot read: the Data Catalog has a placeholder for their columns."""


class Unread(NamedTuple):
    """A config that is set, and what to say of it: a sentence or two."""

    key: str
    told: str


def refused(
    config: Mapping[str, Any], language: str | None, credentials: GlueCredentials
) -> list[Unread]:
    """The configs with which a node must not be built, with what is wrong with each and the next step."""
    found = ((key, refusal(key, config.get(key), language)) for key in JUDGED)
    return [
        *(Unread(key, sentence) for key, sentence in found if sentence),
        *_columns_not_shown(config),
        *(Unread(*told) for told in meta_refusals(config.get("meta") or {}, credentials)),
    ]


def _columns_not_shown(config: Mapping[str, Any]) -> Iterator[Unread]:
    table_format = str(config.get("file_format") or "").lower()
    known = open_format(table_format)
    shows = table_format not in _SPARKS_OWN if known is None else known.columns_in_catalog
    for key in () if shows else naming_columns(config):
        yield Unread(
            key,
            f"is about columns, of which the Data Catalog, and so Lake Formation, has none of a {table_format} table: "
            "Spark knows them from elsewhere. Next: tag the table as a whole (tags_table) or use `grants`, or take "
            "another format",
        )


def ignored(config: Mapping[str, Any], language: str | None) -> list[Unread]:
    """The configs of dbt-glue's, and its words of `meta`, that are set on a node and change nothing."""
    found = [
        Unread(key, why)
        for key, (why, languages) in IGNORED.items()
        if language in languages and str(config.get(key) or "False") != "False"
    ]
    found += [Unread(*told) for told in without_effect(config)]
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
            "Configs that must not pass unread, and that cannot be carried out; nothing was built:\n"
            + "\n".join(lines)
        )
    return {key for key, _ in without_effect}


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, at most five, in order, and how many more there are."""
    ordered = sorted(names)
    more = len(ordered) - _SHOWN
    return ", ".join(ordered[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


IGNORED: dict[str, tuple[str, frozenset[str | None]]] = {
    "custom_temp_suffix": (WITHOUT_EFFECT["custom_temp_suffix"], LANGUAGES),
    "use_iceberg_temp_views": (
        "rows wait in the session where they have to, and no table is made of them",
        LANGUAGES,
    ),
    "purge_dropped_iceberg_data": (WITHOUT_EFFECT["purge_dropped_iceberg_data"], LANGUAGES),
    "write_options": (WITHOUT_EFFECT["write_options"], LANGUAGES),
    "add_iceberg_timestamp": (WITHOUT_EFFECT["add_iceberg_timestamp"], frozenset({"python"})),
    "substitute_variables": (WITHOUT_EFFECT["substitute_variables"], frozenset({"python"})),
}
"""dbt-glue's configs that are taken and change nothing: why, and in which languages (None: seeds)."""
