"""Collects the facts of one world after the other, and merges what holds in both."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.facts.shapes import frames_in, rewritten
from glue_compiler.names.worlds import WORLDS
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.values import FrameValue
    from glue_compiler.text.source import Span

_FIRST, _SECOND = WORLDS[:1], WORLDS[1:]
NOT_TO_THE_DRIVER = "not_to_the_driver"


class Noted:
    """A fact (with empty worlds) that was found, of a field of FlowFacts; there is one object for equal ones.

    It names frames by their number in the book; `frames` are those, `span` is its own. In `finished` is what
    was made of it last, for those who make it (see `Found.facts`).
    """

    __slots__ = ("fact", "finished", "frames", "group", "span")

    def __init__(self, group: str, fact: Any) -> None:
        self.group = group
        self.fact = fact
        self.span: Span = fact.span
        self.frames = tuple(frames_in(fact))
        self.finished: Any = None


class Book:
    """The facts and frames that recorders have met: one object for equal facts, one number for equal frames."""

    def __init__(self) -> None:
        self.frames: dict[int, Frame] = {}
        self.origins: dict[int, tuple[int, int]] = {}
        self._next = 0
        self._numbers: dict[Frame, int] = {}
        self._noted: dict[tuple[str, Any], Noted] = {}

    def frame(self, fact: Frame) -> int:
        """The number of a frame."""
        number = self._numbers.get(fact)
        if number is None:
            number = self._numbers[fact] = self._next
            self._next += 1
            self.frames[number] = fact
            self.origins[number] = fact.origin or (-1, -1)
        return number

    def noted(self, group: str, fact: Any) -> Noted:
        """A fact of a field of FlowFacts."""
        found = self._noted.get((group, fact))
        if found is None:
            found = self._noted[group, fact] = Noted(group, fact)
        return found

    def __len__(self) -> int:
        return len(self._noted)

    def keep(self, wanted: Iterable[Noted]) -> None:
        """Forget all facts but some, and the frames that they do not name."""
        self._noted = {(noted.group, noted.fact): noted for noted in wanted}
        numbers = {number for noted in self._noted.values() for number in noted.frames}
        self.frames = {number: self.frames[number] for number in numbers}
        self.origins = {number: self.origins[number] for number in numbers}
        self._numbers = {fact: number for number, fact in self.frames.items()}


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

    def found(self, *, both_worlds: bool) -> Found:
        """All that was found; with `both_worlds` what was found in the first world holds in the second."""
        first, second = (self.noted[world] for world in WORLDS)
        groups: dict[str, list[Noted]] = {}
        for noted in {**first, **second} if second else first:
            group = groups.get(noted.group)
            if group is None:
                groups[noted.group] = [noted]
            else:
                group.append(noted)
        for group in groups.values():
            group.sort(key=_span)
        if both_worlds:
            only: dict[Noted, tuple[World, ...]] = {}
        else:
            only = dict.fromkeys(first.keys() - second.keys(), _FIRST)
            only.update(dict.fromkeys(second.keys() - first.keys(), _SECOND))
        return Found(self, groups, only, both_worlds)

    def frames_of(self, groups: Mapping[str, Sequence[Noted]]) -> dict[int, int]:
        """The numbers of the frames that facts name, and their indexes: in the order of the text."""
        used = dict.fromkeys(
            [number for group in groups.values() for noted in group for number in noted.frames]
        )
        ordered = sorted(used, key=self.book.origins.__getitem__)
        return {number: at for at, number in enumerate(ordered)}

    def demand_of(self, conversion: Span, world: World) -> set[str] | str:
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


class Found:
    """The facts that runs in the worlds of a model noted, by their fields and in the order of the text.

    `only` are the worlds of those that do not hold in both.
    """

    def __init__(
        self,
        recorder: Recorder,
        groups: Mapping[str, Sequence[Noted]],
        only: Mapping[Noted, tuple[World, ...]],
        both_worlds: bool,
    ) -> None:
        self.groups = groups
        self.only = only
        self.index = recorder.frames_of(groups)
        self._recorder = recorder
        self._both_worlds = both_worlds

    def frame(self, number: int) -> Frame:
        """The frame that facts name by a number."""
        return self._recorder.book.frames[number]

    def frames(self) -> list[Frame]:
        """The frames that facts name, in the order of their indexes."""
        return [self.frame(number) for number in self.index]

    def facts(self) -> FlowFacts:
        """The facts."""
        found: dict[str, Any] = {}
        for name, group in self.groups.items():
            if name == "conversions":
                found[name] = tuple(self.conversions())
            else:
                found[name] = tuple(
                    [
                        rewritten(noted.fact, index=self.index, worlds=self.only.get(noted, WORLDS))
                        for noted in group
                    ]
                )
        return FlowFacts(complete=True, frames=tuple(self.frames()), **found)

    def conversions(self) -> Iterator[Any]:
        """The conversions with their demand; one fact per world where the demands differ."""
        for noted in self.groups.get("conversions", ()):
            worlds = self.only.get(noted, WORLDS)
            fact = rewritten(noted.fact, index=self.index)
            result: dict[Any, list[World]] = {}
            for world in worlds:
                seen_in = WORLDS[0] if self._both_worlds else world
                demand = self._recorder.demand_of(fact.span, seen_in)
                if isinstance(demand, str):
                    key = changed(fact, demand=None, why_all=demand)
                else:
                    key = changed(fact, demand=tuple(sorted(demand)), why_all=None)
                result.setdefault(key, []).append(world)
            for key, held in result.items():
                yield changed(key, worlds=tuple(held))


_span = attrgetter("span")
