"""From addresses to offsets: facts of statements that are where they were are those of the version before."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.facts.shapes import moved, places_in
from glue_compiler.incremental.pieces import SLOT_BITS
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.facts.model import ModelFacts

_FLOW = tuple(item.name for item in fields(FlowFacts) if item.name != "complete")
_MODEL = (
    *("functions", "models", "bindings", "imports", "dbt_uses", "core_problems"),
    *("undefined_names", "unbound_names"),
)


class _Placed:
    """A fact with offsets: `shifts` are those of its `slots` at the time."""

    __slots__ = ("fact", "shifts", "slots", "value")

    def __init__(self, fact: Any) -> None:
        self.fact = fact
        self.slots = tuple({place >> SLOT_BITS: None for place in places_in(fact)})
        self.shifts: tuple[int, ...] | None = None
        self.value: Any = None


class Placing:
    """Puts offsets in place of the addresses in facts, version after version."""

    def __init__(self) -> None:
        self._known: dict[int, _Placed] = {}

    def placed(self, facts: ModelFacts, shifts: Mapping[int, int]) -> ModelFacts:
        """The facts of a version; `shifts` are what is to be added to the addresses in each slot."""
        known, used = self._known, {}
        shift_of = shifts.__getitem__
        flow: dict[str, Any] = {}
        for name in _FLOW:
            found = []
            for fact in getattr(facts.flow, name):
                item = known.get(id(fact))
                if item is None or item.fact is not fact:
                    item = _Placed(fact)
                used[id(fact)] = item
                now = tuple(map(shift_of, item.slots))
                if item.shifts != now:
                    item.value = _moved(fact, item.slots, shifts)
                    item.shifts = now
                found.append(item.value)
            flow[name] = tuple(found)
        self._known = used
        changes: dict[str, Any] = {
            name: tuple([_moved(fact, None, shifts) for fact in getattr(facts, name)])
            for name in _MODEL
        }
        return changed(facts, flow=changed(facts.flow, **flow), **changes)


def _moved(fact: Any, slots: tuple[int, ...] | None, shifts: Mapping[int, int]) -> Any:
    if slots is not None and len(slots) < 2:
        if not slots or not shifts[slots[0]]:
            return fact
        shift = shifts[slots[0]]
        return moved(fact, lambda address: address + shift)
    return moved(fact, lambda address: address + shifts[address >> SLOT_BITS])
