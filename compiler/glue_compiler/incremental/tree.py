"""One tree for all versions of a text: statements come and go, and those that stay keep their addresses."""

from __future__ import annotations

from typing import Any

import libcst as cst

from glue_compiler.incremental.pieces import SLOT_BITS
from glue_compiler.text.source import SourceText
from glue_compiler.tree.syntax import Tree


class LiveTree(Tree):
    """The tree of the text as it is at the moment; `body` are the statements of its module.

    Spans are addresses: a statement keeps its own when others before it grow. They are in the order of the
    text, and within a statement they differ as offsets do. `shifts` are what is to be added to the addresses
    in each slot for offsets in the text.
    """

    __slots__ = ("body", "shifts")

    def __init__(self) -> None:
        self.source = SourceText("")
        self.offset = 0
        self.spans = {}
        self.body: list[Any] = []
        self.module = cst.Module(body=self.body)
        self.shifts: dict[int, int] = {}

    def place(self, address: int) -> int:
        return address + self.shifts[address >> SLOT_BITS]
