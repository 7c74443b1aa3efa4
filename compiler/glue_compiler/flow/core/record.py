"""Collects the facts of one world after the other, and merges what holds in both."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.facts.shapes import frames_in, with_frames
from glue_compiler.names.worlds import WORLDS
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.text.source import Span

NOT_TO_THE_DRIVER = "not_to_the_driver"


class Noted:
    """A fact (with empty worlds) that was found, of a field of FlowFacts; there is one object for equal ones.

    It names frames by their number in the book; `frames` are those.
    """

    __slots__ = ("_finished", "_known_by", "fact", "frames", "group")

    def __init__(self, group: str, fact: Any) -> None:
        self.group = group
        self.fact = fact
        self.frames = tuple(frames_in(fact))
        self._known_by: object = None
        self._finished: Any = None

    def finished(self, worlds: tuple[World, ...], index: Mapping[int, int]) -> Any:
        """The fact with its worlds and the indexes of its frames."""
        key = (worlds, tuple([index[frame] for frame in self.frames]))
        if key != self._known_by:
            self._finished = with_frames(self.fact, index, worlds)
            self._known_by = key
        return self._finished


class Book:
    """The facts and frames that recorders have met: one object for equal facts, one number for equal frames."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._numbers: dict[Frame, int] = {}
        self._noted: dict[tuple[str, Any], Noted] = {}

    def frame(self, fact: Frame) -> int:
        """The number of a frame."""
        number = self._numbers.get(fact)
        if number is None:
            number = self._numbers[fact] = len(self.frames)
            self.frames.append(fact)
        return number

    def noted(self, group: str, fact: Any) -> Noted:
        """A fact of a field of FlowFacts."""
        found = self._noted.get((group, fact))
        if found is None:
            found = self._noted[group, fact] = Noted(group, fact)
        return found

    def __len__(self) -> int:
        return len(self._noted) + len(self.frames)


class Demand:
    """Columns of a converted frame that are used: some names, or all of them for a reason."""

    __slots__ = ("conversion", "names", "only_first", "why")

    def __init__(
        self,
        conversion: Span,
        names: tuple[str, ...] = (),
        why: str | None = None,
        *,
        only_first: bool = False,
    ) -> None:
        self.conversion = conversion
        self.names = names
        self.why = why
        self.only_first = only_first


class Recorder:
    """The facts found so far. `on` is false while a loop is brought to its fixpoint.

    `noted` and `demands` are what was found in each world, in its order.
    """

    def __init__(self, book: Book | None = None) -> None:
        self.book = Book() if book is None else book
        self.on = True
        self.world: World = "full"
        self.noted: dict[World, dict[Noted, None]] = {world: {} for world in WORLDS}
        self.demands: dict[World, list[Demand]] = {world: [] for world in WORLDS}
        self._by_value: dict[int, tuple[FrameValue, int]] = {}
        self._by_conversion: dict[World, dict[Span, list[Demand]]] = {}

    def frame(self, value: FrameValue) -> int:
        """The number by which facts name a frame until all are found."""
        known = self._by_value.get(id(value))
        if known is not None:
            return known[1]
        number = self.book.frame(value.fact())
        self._by_value[id(value)] = (value, number)
        return number

    def frame_numbered(self, number: int) -> Frame:
        """The frame that facts name by a number."""
        return self.book.frames[number]

    def add(self, group: str, fact: Any) -> None:
        """Note a fact (with empty worlds) of a field of FlowFacts for the current world."""
        if self.on:
            self.note(self.book.noted(group, fact))

    def note(self, noted: Noted) -> None:
        """Note a fact for the current world."""
        self.noted[self.world][noted] = None

    def demand(self, demand: Demand) -> None:
        """Note a use of columns of a converted frame."""
        self.demands[self.world].append(demand)

    def needs(self, value: FrameValue, names: tuple[str, ...]) -> None:
        """Columns of a converted frame are used."""
        for conversion in value.conversions:
            self.demand(Demand(conversion, names))

    def needs_all(self, value: FrameValue, why: str) -> None:
        """All columns of a converted frame may be used."""
        for conversion in value.conversions:
            self.demand(Demand(conversion, why=why))

    def stays(self, conversion: Span) -> None:
        """A converted frame is none whose columns are followed."""
        self.demand(Demand(conversion, why=NOT_TO_THE_DRIVER, only_first=True))

    @property
    def groups(self) -> frozenset[str]:
        """The fields of FlowFacts that facts were found for."""
        return frozenset(noted.group for found in self.noted.values() for noted in found)

    def of(self, group: str) -> Iterable[tuple[Any, list[World]]]:
        """The facts of a field found so far, with the worlds in which they were."""
        found: dict[Noted, list[World]] = {}
        for world in WORLDS:
            for noted in self.noted[world]:
                if noted.group == group:
                    found.setdefault(noted, []).append(world)
        return [(noted.fact, worlds) for noted, worlds in found.items()]

    def result(self, *, both_worlds: bool, complete: bool) -> FlowFacts:
        """All facts; with `both_worlds` what was found in the first world holds in the second."""
        first, second = (self.noted[world] for world in WORLDS)
        everything = {**first, **second}
        index = self._index(everything)
        groups: dict[str, list[Noted]] = {}
        for noted in everything:
            groups.setdefault(noted.group, []).append(noted)
        both, only_first, only_second = WORLDS, WORLDS[:1], WORLDS[1:]
        found: dict[str, Any] = {}
        for item in fields(FlowFacts):
            group = groups.get(item.name)
            if group is None:
                continue
            group.sort(key=_start)
            facts = []
            for noted in group:
                worlds = (
                    both
                    if both_worlds or (noted in first and noted in second)
                    else only_first
                    if noted in first
                    else only_second
                )
                fact = noted.finished(worlds, index)
                if item.name == "conversions":
                    facts += self._conversions(fact, worlds, both_worlds)
                else:
                    facts.append(fact)
            found[item.name] = tuple(facts)
        frames = tuple([self.book.frames[number] for number in index])
        return FlowFacts(complete=complete, frames=frames, **found)

    def _index(self, everything: Iterable[Noted]) -> dict[int, int]:
        """The numbers of the frames that facts name, and their indexes: in the order of the text."""
        used = dict.fromkeys([number for noted in everything for number in noted.frames])
        frames = self.book.frames
        ordered = sorted(used, key=lambda number: frames[number].origin or (-1, -1))
        return {number: at for at, number in enumerate(ordered)}

    def _conversions(self, fact: Any, worlds: tuple[World, ...], both: bool) -> list[Any]:
        """A conversion with its demand; one fact per world where the demands differ."""
        result: dict[Any, list[World]] = {}
        for world in worlds:
            demand = self._demand_of(fact.span, WORLDS[0] if both else world)
            if isinstance(demand, str):
                key = changed(fact, worlds=(), demand=None, why_all=demand)
            else:
                key = changed(fact, worlds=(), demand=tuple(sorted(demand)), why_all=None)
            result.setdefault(key, []).append(world)
        return [changed(key, worlds=tuple(found)) for key, found in result.items()]

    def _demand_of(self, conversion: Span, world: World) -> set[str] | str:
        """The columns of a converted frame that are used, or why all may be."""
        names: set[str] | None = None
        for demand in self._demands_of(world).get(conversion, ()):
            if demand.why is None:
                names = (names or set()).union(demand.names)
            elif names is None or not demand.only_first:
                return demand.why
        return names or set()

    def _demands_of(self, world: World) -> dict[Span, list[Demand]]:
        found = self._by_conversion.get(world)
        if found is None:
            found = self._by_conversion[world] = {}
            for demand in self.demands[world]:
                found.setdefault(demand.conversion, []).append(demand)
        return found


def _start(noted: Noted) -> Span:
    span: Span = noted.fact.span
    return span
