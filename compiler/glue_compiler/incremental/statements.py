"""The statements of a text: those that an edit left as they were are kept with all that is known of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glue_compiler.incremental.ends import common_ends
from glue_compiler.incremental.pieces import Piece
from glue_compiler.incremental.tree import LiveTree
from glue_compiler.incremental.units import Function, Unit, add_sites
from glue_compiler.names.dbt_core_visitor import model_problems
from glue_compiler.names.scopes import Scope, Scopes
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import libcst as cst

    from glue_compiler.facts.model import CoreProblem
    from glue_compiler.names.scopes import Site
    from glue_compiler.tree.cut import Chunk, Cut

    TextOf = Callable[[Chunk], str]

_GAP = 1 << 128
"""The distance of the slots of neighbours in a text that is new."""


@dataclass(slots=True)
class _Wanted:
    """A piece that is to be made; `slot` is 0 before it is known."""

    text: str
    indent: int
    head: bool
    slot: int = 0


@dataclass(slots=True)
class _Planned:
    """A unit to be: `known` where it stays as it is."""

    known: Unit | None
    piece: Piece | _Wanted
    function: Function | None = None
    body: list[Piece | _Wanted] = field(default_factory=list)

    @property
    def pieces(self) -> Iterator[Piece | _Wanted]:
        yield self.piece
        yield from self.body


class NoRoom(Exception):
    """There is no slot left between two statements: all get new ones."""


class Statements:
    """The statements of the versions of a text, and what is put together from them."""

    def __init__(self, flags: int, deepest: int) -> None:
        self.flags = flags
        self._deepest = deepest
        self.tree = LiveTree()
        self.units: list[Unit] = []
        self.pieces: list[Piece] = []
        self.module = Scope("module", self.tree.module, None, "")
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._scope_of: dict[cst.CSTNode, Scope] = {}
        self.gone: list[cst.CSTNode] = []
        self.replaced: dict[cst.CSTNode, cst.CSTNode] = {}

    @property
    def depth(self) -> int:
        """How deep the nodes of the text are nested."""
        return max(piece.depth for piece in self.pieces)

    # -- another version ---------------------------------------------------------------------

    def update(self, cut: Cut) -> None:
        """Go on to another version of the text.

        Raises:
            NotPlain: where a statement cannot be read by itself; the version stays as it is.
            NoRoom: where it can only be made anew.
        """
        chunks, text_of = cut.chunks, cut.text_of
        planned = _plan(self.units, chunks, text_of)
        _give_slots([piece for unit in planned for piece in unit.pieces])
        units = [self._made(unit) for unit in planned]
        self._become(units)
        self.tree.source = cut.source
        self.tree.shifts = {
            piece.slot: place - piece.address
            for piece, place in zip(self.pieces, cut.starts, strict=True)
        }

    def _become(self, units: list[Unit]) -> None:
        """Take other units for those that there are."""
        self.replaced = _replaced(self.units, units)
        pieces = [piece for unit in units for piece in unit.pieces]
        here = {id(piece) for piece in pieces}
        known = {id(piece) for piece in self.pieces}
        before = {id(unit) for unit in self.units}
        old = [piece for piece in self.pieces if id(piece) not in here]
        self.gone = [node for piece in old for node in piece.spans]
        functions = {id(unit.function) for unit in units}
        for unit in self.units:
            if unit.function is not None and id(unit.function) not in functions:
                self.gone += unit.function.node, unit.function.block
        self.units, self.pieces = units, pieces
        spans, parents, scope_of = self.tree.spans, self._parents, self._scope_of
        for node in self.gone:
            spans.pop(node, None)
        for piece in old:
            for node in piece.part.parents if piece.part is not None else ():
                parents.pop(node, None)
                scope_of.pop(node, None)
        self.tree.body[:] = [node for unit in units for node in unit.nodes]
        for piece in pieces:
            if id(piece) not in known:
                spans.update(piece.spans)
        for unit in units:
            if id(unit) not in before:
                unit.read_names(self.module, lazy_annotations=bool(self.flags))
                unit.fill(spans)
        for piece in pieces:
            if id(piece) not in known and piece.part is not None:
                parents.update(piece.part.parents)
                scope_of.update(piece.part.scope_of)

    def _made(self, planned: _Planned) -> Unit:
        if planned.known is not None:
            return planned.known
        piece = self._piece(planned.piece)
        function = planned.function
        if function is not None:
            function.version = object()
        elif piece.head:
            function = Function(piece)
        return Unit(piece, function, [self._piece(item) for item in planned.body])

    def _piece(self, piece: Piece | _Wanted) -> Piece:
        if isinstance(piece, Piece):
            return piece
        return Piece(
            piece.text,
            piece.slot,
            indent=piece.indent,
            head=piece.head,
            flags=self.flags,
            deepest=self._deepest,
        )

    # -- what the pieces tell together -------------------------------------------------------

    def versions(self) -> dict[cst.CSTNode, object]:
        """What stands for the bodies of functions as they are."""
        return {
            unit.function.node: unit.function.version
            for unit in self.units
            if unit.function is not None
        }

    def calls(self) -> frozenset[Span]:
        """The calls that dbt-core sees."""
        return frozenset(span for piece in self.pieces for span in piece.view.calls)

    def core_problems(self) -> list[CoreProblem]:
        """What dbt-core's validator and parser would raise."""
        models = []
        for unit in self.units:
            if unit.function is None:
                models += unit.piece.models
                continue
            last, returns_one = unit.body[-1].ending
            models += [
                replace(model, last=last, returns_one=returns_one) for model in unit.piece.models
            ]
        first = self.units[0]
        start, end = first.piece.first_statement
        if first.body:
            end = first.body[-1].ending[0].end
        problems = model_problems(models, Span(start, end))
        for piece in self.pieces:
            problems += piece.view.problems
        return problems

    def scopes(self) -> Scopes:
        """The scopes of this version."""
        sites: dict[str, list[Site]] = {}
        for unit in self.units:
            if unit.piece.part is not None:
                add_sites(sites, unit.piece.part.sites)
        self.module.sites = sites
        parts = [piece.part for piece in self.pieces if piece.part is not None]
        return Scopes(self.tree, self.module, parts, self._parents, self._scope_of)


def _replaced(old: Sequence[Unit], new: Sequence[Unit]) -> dict[cst.CSTNode, cst.CSTNode]:
    """The statements that are new, each with the one in whose place it is."""
    bodies = {id(unit.function): unit.body for unit in old if unit.function is not None}
    found = _pairs([unit.piece for unit in old], [unit.piece for unit in new])
    for unit in new:
        before = bodies.get(id(unit.function))
        if before is not None and before is not unit.body:
            found.update(_pairs(before, unit.body))
    return found


def _pairs(old: Sequence[Piece], new: Sequence[Piece]) -> dict[cst.CSTNode, cst.CSTNode]:
    if len(old) != len(new):
        return {}
    return {
        here.nodes[0]: before.nodes[0]
        for before, here in zip(old, new, strict=True)
        if before is not here
    }


def _plan(old: Sequence[Unit], chunks: Sequence[Chunk], text_of: TextOf) -> list[_Planned]:
    """The units of chunks, those that are as they were being found again."""
    front, back = common_ends(old, chunks, lambda unit, chunk: _is_same(unit, chunk, text_of))
    planned = [_Planned(unit, unit.piece, None, list(unit.body)) for unit in old[:front]]
    left = list(old[front : len(old) - back])
    gone = list(left)
    come = chunks[front : len(chunks) - back]
    made: list[_Planned] = []
    for chunk in come:
        found = _match(left, chunk, text_of)
        made.append(_planned(chunk, None if found is None else left[found], text_of))
        if found is not None:
            del left[: found + 1]
    if len(left) == len(gone) == len(come):
        _take_slots([unit.piece for unit in made], [unit.piece for unit in gone])
    planned += made
    planned += [
        _Planned(unit, unit.piece, None, list(unit.body)) for unit in old[len(old) - back :]
    ]
    return planned


def _match(left: Sequence[Unit], chunk: Chunk, text_of: TextOf) -> int | None:
    """Which of the units that are left begins as a chunk does."""
    text = text_of(chunk)
    head = bool(chunk.body)
    for index, unit in enumerate(left):
        if unit.piece.text == text and (unit.function is not None) is head:
            return index
    return None


def _planned(chunk: Chunk, unit: Unit | None, text_of: TextOf) -> _Planned:
    if unit is None:
        wanted = _Wanted(text_of(chunk), 0, bool(chunk.body))
        body: list[Piece | _Wanted] = [
            _Wanted(text_of(item), item.indent, head=False) for item in chunk.body
        ]
        return _Planned(None, wanted, None, body)
    if unit.function is None:
        return _Planned(unit, unit.piece)
    old = unit.body
    texts = [(text_of(item), item.indent) for item in chunk.body]
    front, back = common_ends(old, texts, lambda piece, key: (piece.text, piece.indent) == key)
    gone = old[front : len(old) - back]
    middle = _found_again(gone, texts[front : len(texts) - back])
    if len(gone) == len(middle) and all(isinstance(piece, _Wanted) for piece in middle):
        _take_slots(middle, gone)
    body = [*old[:front], *middle, *old[len(old) - back :]]
    return _Planned(None, unit.piece, unit.function, body)


def _is_same(unit: Unit, chunk: Chunk, text_of: TextOf) -> bool:
    if len(unit.body) != len(chunk.body) or unit.piece.text != text_of(chunk):
        return False
    return all(
        piece.indent == item.indent and piece.text == text_of(item)
        for piece, item in zip(unit.body, chunk.body, strict=True)
    )


def _found_again(gone: Sequence[Piece], texts: Sequence[tuple[str, int]]) -> list[Piece | _Wanted]:
    """Pieces for texts with their indentation: those that are among some, in their order, and new ones."""
    places: dict[tuple[str, int], list[int]] = {}
    for at, piece in enumerate(gone):
        places.setdefault((piece.text, piece.indent), []).append(at)
    found: list[Piece | _Wanted] = []
    begin = 0
    for key in texts:
        candidates = places.get(key, ())
        at = bisect_left(candidates, begin)
        if at < len(candidates):
            begin = candidates[at] + 1
            found.append(gone[candidates[at]])
        else:
            found.append(_Wanted(*key, head=False))
    return found


def _take_slots(pieces: Sequence[Piece | _Wanted], gone: Sequence[Piece]) -> None:
    """Put pieces into the slots of those in whose places they are: what is known by addresses may go on to hold."""
    for piece, before in zip(pieces, gone, strict=True):
        if isinstance(piece, _Wanted):
            piece.slot = before.slot


def _give_slots(pieces: Sequence[Piece | _Wanted]) -> None:
    """Slots for the pieces that are to be made, between those of their neighbours."""
    last = 0
    waiting: list[_Wanted] = []
    for piece in pieces:
        if isinstance(piece, _Wanted) and not piece.slot:
            waiting.append(piece)
            continue
        if waiting:
            # Near to the one before: the next line is mostly written after this one.
            step = (piece.slot - last) // (4 if len(waiting) == 1 else len(waiting) + 1)
            if step < 1:
                raise NoRoom
            for number, wanted in enumerate(waiting, 1):
                wanted.slot = last + number * step
            waiting = []
        last = piece.slot
    for wanted in waiting:
        last = wanted.slot = last + _GAP
