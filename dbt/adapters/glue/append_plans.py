"""Rows that are staged to come into a table of files: their names, their places, their mark, and how they come in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.staged_tables import ADDED, OWNER, staged_name
from dbt.adapters.glue.switch_steps import LOCK
from dbt.adapters.glue.versions import VERSION, join_location

if TYPE_CHECKING:
    from collections.abc import Collection

    from dbt.adapters.glue.catalog import Partitions, Table
    from dbt.adapters.glue.staged_tables import Name

__all__ = [
    "AFTER",
    "INTO",
    "NEW",
    "SMALL_BYTES",
    "Move",
    "Places",
    "Plan",
    "Rows",
    "appended_name",
    "last_switch",
    "owned_properties",
    "place_for",
    "planned",
    "proving_token",
    "state_of",
    "version_of_rows",
]

INTO = "dbt_glue.append_into"
"""The property of staged rows that are complete: the location of the table into which they come from then on."""
AFTER = "dbt_glue.append_after"
"""And the last switch of partitions that the table had had by then: with another one, what was added may be gone again."""
NEW = "dbt_glue.append_new"
"""And the partitions that it did not have. The rows of all others have never been in it as long as they are staged."""

SMALL_BYTES = 128 * 1024 * 1024
"""Rows of so much are made one file: what one task of Spark reads (spark.sql.files.maxPartitionBytes) one writes in seconds,
and readers like files of that size."""

Places = dict[tuple[str, ...], str]
"""The folders of partitions."""

_UNREADABLE = "_dbt_append"
"""A folder in a table's own, which Spark, Hive and Athena take for no part of the table because of its first letter."""


class Move(NamedTuple):
    """Two folders: all files of the first come into the second."""

    source: str
    folder: str


class Rows(NamedTuple):
    """What is staged for a table: its partitions, which of them the table did not have, and the last switch it had had."""

    target: Name
    staging: Name
    staged: Table
    coming: Partitions
    new: Collection[tuple[str, ...]]
    after: str


class Plan(NamedTuple):
    """What is to be moved, which partitions are to be added, and where the rows of each are then.

    `unsure` are those whose rows may have been in the table already: they stay where they are.
    """

    moves: list[Move]
    added: list[dict[str, Any]]
    places: dict[tuple[str, ...], str]
    unsure: list[tuple[str, ...]]


def appended_name(target: Name, temp_schema: str | None, version: str) -> Name:
    """The name of a table of rows for `target`; each version has its own, so that two runs are not in each other's way."""
    return staged_name(target, ADDED, temp_schema, version)


def owned_properties(owner: Name) -> dict[str, str]:
    """The table properties by which staged rows are known as those for `owner`."""
    return {OWNER: ".".join(owner)}


def folder_of_rows(location: str) -> str:
    """Where rows for a table without partitions wait, one folder for each `append`."""
    return join_location(location, _UNREADABLE)


def place_for(target: Table, version: str) -> str:
    """Where rows for a table are staged: on the same file system, where no reader of the table looks.

    A partitioned table keeps what is staged, as partitions, and so as a version of itself.
    """
    location = data_location(target).rstrip("/")
    if not target.get("PartitionKeys"):
        return join_location(folder_of_rows(location), version)
    root, _, last = location.rpartition("/")
    return join_location(root if VERSION.fullmatch(last) else location, version)


def planned(rows: Rows, current: Table, there: Partitions) -> Plan:
    """How staged rows come into a table that has these partitions, no switch of which is under way."""
    plan = Plan([], [], {}, [])
    if not rows.staged.get("PartitionKeys"):
        plan.moves.append(Move(data_location(rows.staged), data_location(current)))
    is_sure = last_switch(current) == rows.after
    # Glue gives partitions in any order: in one order for whoever completes these rows.
    for values, partition in sorted(rows.coming.items()):
        place, own = data_location(partition), there.get(values)
        if own is None and values in rows.new:
            plan.added.append(partition)
        elif own is None or (values in rows.new and not is_sure and data_location(own) != place):
            # It was dropped, or is another one: that may have been made of these rows.
            plan.unsure.append(values)
            continue
        elif data_location(own) != place:
            plan.moves.append(Move(place, data_location(own)))
            place = data_location(own)
        plan.places[values] = place
    return plan


def last_switch(table: Table) -> str:
    return str((table.get("Parameters") or {}).get(LOCK, ""))


def state_of(table: Table) -> tuple[Any, ...]:
    """What no switch leaves as it is."""
    return table.get("CreateTime"), data_location(table), last_switch(table)


def version_of_rows(staged: Table) -> str:
    """The version as which rows were staged; empty for a table that is in no folder of this adapter's."""
    last = data_location(staged).rstrip("/").rpartition("/")[2]
    return last if VERSION.fullmatch(last) else ""


def proving_token(version: str) -> str:
    """The part of a staged table's name that its folder proves."""
    return re.sub("[^0-9a-z]", "", version.lower()) or "\0"
