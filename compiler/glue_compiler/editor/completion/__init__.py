"""What can be written at a place of a model: names of refs and sources, configs, columns, members, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.editor.completion.dbt_calls import dbt_arguments, dbt_members_at, dbt_text
from glue_compiler.editor.completion.frames import columns_of, frame_members, frame_text
from glue_compiler.editor.completion.place import Completions, Item, Place
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Completions", "Item", "Place", "complete"]


def complete(place: Place) -> Completions | None:
    """What can be written at a place; None where this is not ours to say."""
    cursor = place.cursor
    if cursor.in_comment:
        return None
    if cursor.string is not None:
        if "f" in cursor.string.prefix or "b" in cursor.string.prefix:
            return None
        span = Span(cursor.string.content.start, place.offset)
        items = _in_string(place)
    elif cursor.receiver is not None:
        span = cursor.word
        items = _members(place, cursor.receiver)
    else:
        span = cursor.word
        items = dbt_arguments(place)
    found = tuple(dict.fromkeys(items))
    return Completions(span, found) if found else None


def _in_string(place: Place) -> Iterable[Item]:
    brackets = place.cursor.brackets
    for depth, bracket in enumerate(reversed(brackets)):
        callee = place.text(bracket.callee)
        if bracket.callee is None:
            if bracket.opening == "{" and bracket.after_colon:
                return ()
            continue
        if bracket.opening == "[":
            return columns_of(place, bracket.callee)
        api = place.dbt_api(callee)
        if api is not None:
            return dbt_text(place, api, bracket, direct=depth == 0)
        return frame_text(place, len(brackets) - 1 - depth)
    return ()


def _members(place: Place, receiver: Span) -> Iterable[Item]:
    found = dbt_members_at(place, receiver)
    return frame_members(place, receiver) if found is None else found
