"""Collects the facts of one world after the other, and merges what holds in both."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.names.worlds import WORLDS
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.text.source import Span


class Recorder:
    """The facts found so far. `on` is false while a loop is brought to its fixpoint."""

    def __init__(self) -> None:
        self.on = True
        self.world: World = "full"
        self.frames: list[Frame] = []
        self._index: dict[Frame, int] = {}
        self._by_value: dict[int, tuple[FrameValue, int]] = {}
        self.facts: dict[str, dict[Any, set[World]]] = {}
        self.demand: dict[tuple[World, Span], set[str] | str] = {}

    def frame(self, value: FrameValue) -> int:
        """The index of a frame in the facts."""
        known = self._by_value.get(id(value))
        if known is not None:
            return known[1]
        fact = value.fact()
        index = self._index.get(fact)
        if index is None:
            index = self._index[fact] = len(self.frames)
            self.frames.append(fact)
        self._by_value[id(value)] = (value, index)
        return index

    def add(self, group: str, fact: Any) -> None:
        """Note a fact (with empty worlds) of a field of FlowFacts for the current world."""
        if self.on:
            self.facts.setdefault(group, {}).setdefault(fact, set()).add(self.world)

    def needs(self, value: FrameValue, names: tuple[str, ...]) -> None:
        """Columns of a converted frame are used."""
        for conversion in value.conversions:
            demand = self.demand.setdefault((self.world, conversion), set())
            if isinstance(demand, set):
                demand.update(names)

    def needs_all(self, value: FrameValue, why: str) -> None:
        """All columns of a converted frame may be used."""
        for conversion in value.conversions:
            if not isinstance(self.demand.get((self.world, conversion)), str):
                self.demand[self.world, conversion] = why

    def result(self, *, both_worlds: bool, complete: bool) -> FlowFacts:
        """All facts; with `both_worlds` what was found in the first world holds in the second."""
        found: dict[str, Any] = {}
        for item in fields(FlowFacts):
            group = self.facts.get(item.name)
            if group is None:
                continue
            facts = []
            for fact, worlds in group.items():
                if both_worlds:
                    worlds = set(WORLDS)
                if item.name == "conversions":
                    facts += self._conversions(fact, worlds, both_worlds)
                else:
                    facts.append(changed(fact, worlds=tuple(w for w in WORLDS if w in worlds)))
            found[item.name] = tuple(sorted(facts, key=lambda fact: fact.span))
        return FlowFacts(complete=complete, frames=tuple(self.frames), **found)

    def _conversions(self, fact: Any, worlds: set[World], both: bool) -> list[Any]:
        """A conversion with its demand; one fact per world where the demands differ."""
        result: dict[Any, list[World]] = {}
        for world in WORLDS:
            if world not in worlds:
                continue
            demand = self.demand.get((WORLDS[0] if both else world, fact.span), set())
            if isinstance(demand, str):
                key = changed(fact, demand=None, why_all=demand)
            else:
                key = changed(fact, demand=tuple(sorted(demand)), why_all=None)
            result.setdefault(key, []).append(world)
        return [changed(key, worlds=tuple(found)) for key, found in result.items()]
