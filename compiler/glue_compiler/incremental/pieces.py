"""One statement of a text: parsed, checked by CPython and measured by itself, whatever stands around it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from glue_compiler.names.dbt_core_visitor import Visitor
from glue_compiler.text.source import SourceText, Span
from glue_compiler.tree.lines import NotPlain
from glue_compiler.tree.syntax import depth_of, parse, read_python, with_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from glue_compiler.names.dbt_core_visitor import CoreView, ModelDefinition
    from glue_compiler.names.scopes import ScopePart

SLOT_BITS = 24
"""An address is the slot of its statement and, in the lower bits, the offset in its text and `CENTRE`."""
CENTRE = 1 << (SLOT_BITS - 1)
"""So much can be taken off the address of a statement's first character without leaving its slot."""
MOST_LETTERS = CENTRE >> 1

_IN_FUNCTION = "def _():\n"
_OUTWARD = re.compile(r"\b(?:global|nonlocal)\b")


class Piece:
    """A statement, or the head of a function, that stays as it is while the text around it changes.

    `nodes` are one statement, or the line of several simple ones; those of a `head` the function,
    whose body is put in later. `spans` are addresses. `ending` is the last statement as dbt-core's
    validator sees it, `models` are the definitions of `model` in it.
    """

    __slots__ = (
        "depth",
        "ending",
        "first_statement",
        "head",
        "indent",
        "models",
        "nodes",
        "part",
        "slot",
        "spans",
        "text",
        "view",
    )

    def __init__(
        self, text: str, slot: int, *, indent: int, head: bool, flags: int, deepest: int
    ) -> None:
        """Raises NotPlain for what cannot be told without the text around it."""
        self.text = text
        self.slot = slot
        self.indent = indent
        self.head = head
        self.part: ScopePart | None = None
        if len(text) > MOST_LETTERS:
            raise NotPlain
        before = _IN_FUNCTION if indent else ""
        source = SourceText(f"{before}{text}    pass\n" if head else before + text)
        base = self.address - len(before)
        python = self._read(source, base, flags, deepest)
        tree = with_room(self.depth, lambda: parse(source, python))
        if tree is None:
            raise NotPlain
        self.spans: dict[cst.CSTNode, Span] = {
            node: Span(start + base, end + base) for node, (start, end) in tree.spans.items()
        }
        outer: Any = tree.module.body[0]
        nodes: Sequence[Any] = outer.body.body if indent else tree.module.body
        self.nodes = nodes

    @property
    def address(self) -> int:
        """The address of its first character."""
        return (self.slot << SLOT_BITS) + CENTRE

    def _read(self, source: SourceText, base: int, flags: int, deepest: int) -> ast.Module:
        """CPython's tree of it; what CPython and dbt-core say is noted."""
        result = read_python(source, flags)
        tree = result.tree
        if tree is None or result.problem is not None or result.exhausted:
            raise NotPlain
        if _OUTWARD.search(self.text) and any(
            isinstance(node, (ast.Global, ast.Nonlocal)) for node in ast.walk(tree)
        ):
            raise NotPlain
        self.depth: int = depth_of(tree)[0]
        if self.depth > deepest:
            raise NotPlain
        visitor = Visitor(source, base=base)
        self.view: CoreView = visitor.run(tree)
        if self.head and (self.view.calls or self.view.problems):
            # dbt-core reads the body of a function before its decorators.
            raise NotPlain
        outer = tree.body[0]
        inside = outer.body if self.indent and isinstance(outer, ast.FunctionDef) else tree.body
        self.ending: tuple[Span, bool] = visitor.ending(inside)
        self.first_statement: Span = visitor.span(tree.body[0])
        self.models: list[ModelDefinition] = [] if self.indent else visitor.models(tree)
        return tree
