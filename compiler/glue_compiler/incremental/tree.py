"""One tree for all versions of a text: statements come and go, and those that stay keep their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.incremental.pieces import SLOT_BITS
from glue_compiler.text.source import SourceText
from glue_compiler.tree.syntax import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.incremental.pieces import Piece


class LiveTree(Tree):
    """The tree of the text as it is at the moment.

    Spans are addresses: a statement keeps its own when others before it grow. They are in the order of the
    text, and within a statement they differ as offsets do.
    """

    __slots__ = ("_shifts", "body")

    def __init__(self) -> None:
        self.source = SourceText("")
        self.offset = 0
        self.spans = {}
        self.body: list[Any] = []
        self.module = cst.Module(body=self.body)
        self._shifts: dict[int, int] = {}

    def put_together(
        self,
        source: SourceText,
        nodes: Iterable[Any],
        shifts: dict[int, int],
        *,
        old: Iterable[Piece],
        new: Iterable[Piece],
    ) -> None:
        """Become the tree of another version: `old` pieces are gone, `new` ones have come.

        `shifts` are what is to be added to the addresses in a slot for offsets in the text.
        """
        self.source = source
        self.body[:] = nodes
        self._shifts = shifts
        for piece in old:
            for node in piece.spans:
                self.spans.pop(node, None)
        for piece in new:
            self.spans.update(piece.spans)

    @property
    def shifts(self) -> dict[int, int]:
        """What is to be added to the addresses in each slot for offsets in the text."""
        return self._shifts

    def place(self, address: int) -> int:
        return address + self._shifts[address >> SLOT_BITS]
