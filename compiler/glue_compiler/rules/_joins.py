"""Joins by a condition, which keep the columns of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import Join
    from glue_compiler.facts.schemas import Schema
    from glue_compiler.rules.definition import Context

_OF_LEFT = frozenset({"semi", "leftsemi", "anti", "leftanti"})


def joins_that_repeat(context: Context, frame: int) -> Iterator[tuple[Join, dict[str, str]]]:
    """The joins by a condition that made a frame, with the names, by their lower case, that each left in it twice."""
    flow = context.facts.flow
    wanted = flow.frames[frame]
    for join in flow.joins:
        if join.on is not None or join.result is None or _keeps_one_side(join):
            continue
        made = flow.frames[join.result]
        if set(wanted.relations) != set(made.relations):
            continue
        added = _added(made.schema, wanted.schema)
        left, right = (_once(context, side) for side in (join.left, join.right))
        if added is None or left is None or right is None:
            continue
        names = {key: name for key, name in left.items() if key in right and key not in added}
        if names:
            yield join, names


def _keeps_one_side(join: Join) -> bool:
    """Whether a join gives the columns of its left side alone."""
    return (join.how or "inner").replace("_", "").lower() in _OF_LEFT


def _once(context: Context, frame: int) -> dict[str, str] | None:
    """The names that a side surely has once, by their lower case; None where its columns are not known."""
    schema = context.schemas.exact(frame)
    if schema is None:
        return None
    keys = [name.lower() for name in schema.names]
    return {key: name for key, name in zip(keys, schema.names, strict=True) if keys.count(key) == 1}


def _added(made: Schema, schema: Schema) -> frozenset[str] | None:
    """The names of the columns that came to those that a join made; None where anything else was done to them."""
    count = len(made.columns)
    same = schema.columns[:count] == made.columns and schema.bases == made.bases
    if not same or not made.has_all_names or not schema.has_all_names:
        return None
    return frozenset(column.name.lower() for column in schema.columns[count:])
