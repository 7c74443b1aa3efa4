"""From addresses to offsets: facts of statements that are where they were are those of the version before."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.facts.screens import Screened
from glue_compiler.facts.shapes import moved_by, places_in, rewritten
from glue_compiler.incremental.pieces import SLOT_BITS
from glue_compiler.names.worlds import WORLDS
from glue_compiler.text.changed import changed
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.screens import Screen
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.record import Found, Noted

    Shifts = Mapping[int, int]

_WITH_ADDRESSES = (
    *("functions", "models", "bindings", "imports", "dbt_uses", "core_problems"),
    *("undefined_names", "unbound_names"),
)

_NOWHERE = object()
"""In place of a shift that is not known yet."""


class _Placed:
    """A fact with offsets, and what they rest on: what was added to the addresses in its slots."""

    __slots__ = ("fact", "shift", "shift_in", "value")

    def __init__(self, fact: Any) -> None:
        self.fact = fact
        self.shift_in = _reader({place >> SLOT_BITS: None for place in places_in(fact)})
        self.shift: Any = _NOWHERE
        self.value: Any = None

    def at(self, shifts: Shifts) -> Any:
        """The fact as it is now."""
        shift = self.shift_in(shifts)
        if self.shift != shift:
            self.value = _moved(self.fact, shift, shifts)
            self.shift = shift
        return self.value


class _Finished(_Placed):
    """The same of a fact of the flow, with its worlds and with the indexes of its frames.

    `kept` are the screens of its field that keep it, by their places.
    """

    __slots__ = ("frame", "frame_in", "kept", "worlds")

    def __init__(self, noted: Noted, kept: tuple[int, ...]) -> None:
        super().__init__(noted.fact)
        self.frame_in = _reader(noted.frames)
        self.frame: Any = None
        self.worlds: tuple[World, ...] | None = None
        self.kept = kept

    def now(self, index: Mapping[int, int], shifts: Shifts, worlds: tuple[World, ...]) -> Any:
        """The fact as it is now."""
        shift, frame = self.shift_in(shifts), self.frame_in(index)
        if self.shift != shift or self.frame != frame or self.worlds is not worlds:
            self.value = _moved(self.fact, shift, shifts, index, worlds)
            self.shift, self.frame, self.worlds = shift, frame, worlds
        return self.value


class Placing:
    """Puts offsets in place of the addresses in facts, version after version, and asks screens about new facts."""

    def __init__(self, options: AnalysisOptions, screens: Sequence[Screen]) -> None:
        self._options = options
        self._screens: dict[str, list[Screen]] = {}
        for screen in screens:
            self._screens.setdefault(screen.group, []).append(screen)
        self._frames: dict[int, _Placed] = {}
        self._others: dict[int, _Placed] = {}

    def placed(self, facts: ModelFacts, shifts: Shifts) -> ModelFacts:
        """The facts of a version, but for those of its flow; `shifts` are to be added to addresses, by slot."""
        known, self._others = self._others, {}
        changes: dict[str, Any] = {}
        for name in _WITH_ADDRESSES:
            found = []
            for fact in getattr(facts, name):
                item = known.get(id(fact))
                if item is None or item.fact is not fact:
                    item = _Placed(fact)
                self._others[id(fact)] = item
                found.append(item.at(shifts))
            changes[name] = tuple(found)
        return changed(facts, **changes)

    def flow(self, found: Found, shifts: Shifts) -> FlowFacts:
        """The facts of the flow of a version."""
        groups: dict[str, Any] = {
            name: self._finished(group, found, shifts, self._screens.get(name, ()))
            for name, group in found.groups.items()
            if name != "conversions"
        }
        groups["conversions"] = tuple(
            [rewritten(fact, place=_place_by(shifts)) for fact in found.conversions()]
        )
        frames = tuple(self._placed_frames(found, shifts))
        return FlowFacts(complete=True, frames=frames, **groups)

    def _finished(
        self, group: Sequence[Noted], found: Found, shifts: Shifts, screens: Sequence[Screen]
    ) -> tuple[Any, ...]:
        only, index = found.only, found.index
        facts = []
        kept: list[list[Any]] = [[] for _ in screens]
        worlds: tuple[World, ...] = WORLDS
        for noted in group:
            item: _Finished | None = noted.finished
            if item is None:
                item = noted.finished = _Finished(noted, self._kept(noted, found, screens))
            if only:
                worlds = only.get(noted, WORLDS)
            fact = item.now(index, shifts, worlds)
            facts.append(fact)
            for at in item.kept:
                kept[at].append(fact)
        if not screens:
            return tuple(facts)
        by_screen = zip(screens, map(tuple, kept), strict=True)
        return Screened.of(facts, dict(by_screen), self._options)

    def _kept(self, noted: Noted, found: Found, screens: Sequence[Screen]) -> tuple[int, ...]:
        return tuple(
            [
                at
                for at, screen in enumerate(screens)
                if screen.takes(noted.fact, found.frame, self._options)
            ]
        )

    def _placed_frames(self, found: Found, shifts: Shifts) -> Iterable[Frame]:
        known, self._frames = self._frames, {}
        for number, frame in zip(found.index, found.frames(), strict=True):
            item = self._frames[number] = known.get(number) or _Placed(frame)
            yield item.at(shifts)


def _reader(keys: Collection[int]) -> Callable[[Mapping[int, int]], Any]:
    """What reads the value of one key, the tuple of those of several, or None for none."""
    return itemgetter(*keys) if keys else _nothing


def _nothing(_values: Mapping[int, int]) -> None:
    return None


def _moved(
    fact: Any,
    shift: int | tuple[int, ...] | None,
    shifts: Shifts,
    index: Mapping[int, int] | None = None,
    worlds: tuple[World, ...] | None = None,
) -> Any:
    place = _place_by(shifts) if isinstance(shift, tuple) else moved_by(shift or 0)
    return rewritten(fact, index=index, worlds=worlds, place=place)


def _place_by(shifts: Shifts) -> Callable[[Span], Span]:
    """What gives the span in the text of one of addresses."""

    def place(span: Span) -> Span:
        start, end = span
        return Span(start + shifts[start >> SLOT_BITS], end + shifts[end >> SLOT_BITS])

    return place
