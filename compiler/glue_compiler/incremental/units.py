"""The statements of a module as pieces; a function is a head and the pieces of its body."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.scope_builder import part_of
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from glue_compiler.incremental.pieces import Piece
    from glue_compiler.names.scopes import Scope, Site


class Function:
    """A function whose body is put together from pieces: one node, whatever is in its body.

    `parameters` are the places that bind names before the body does, `version` stands for the body as it is.
    """

    __slots__ = ("block", "body", "node", "parameters", "scope", "start", "version")

    def __init__(self, head: Piece) -> None:
        written = head.nodes[0]
        self.body: list[Any] = []
        self.block = cst.IndentedBlock(body=self.body)
        self.node = _with_body(written, self.block)
        self.start = head.spans[written].start
        self.scope: Scope | None = None
        self.parameters: dict[str, tuple[Site, ...]] = {}
        self.version: object = object()


def _with_body(written: cst.FunctionDef, body: cst.IndentedBlock) -> cst.FunctionDef:
    """A copy of a function with another body.

    It is made field by field: a tree that is made from CPython's has not all that `with_changes` asks for.
    """
    node: cst.FunctionDef = object.__new__(cst.FunctionDef)
    for item in fields(cst.FunctionDef):
        if hasattr(written, item.name):
            object.__setattr__(node, item.name, getattr(written, item.name))
    object.__setattr__(node, "body", body)
    return node


class Unit:
    """A statement of the module: a piece, and for a function that is cut, the pieces of its body."""

    __slots__ = ("body", "function", "piece")

    def __init__(self, piece: Piece, function: Function | None, body: Sequence[Piece]) -> None:
        self.piece = piece
        self.function = function
        self.body = tuple(body)

    @property
    def pieces(self) -> Iterator[Piece]:
        """All of its pieces in their order."""
        yield self.piece
        yield from self.body

    @property
    def nodes(self) -> Sequence[Any]:
        """Its nodes in the body of the module."""
        return self.piece.nodes if self.function is None else (self.function.node,)

    def read_names(self, module: Scope, *, lazy_annotations: bool) -> None:
        """Find out what each piece that is new binds and reads."""
        piece, function = self.piece, self.function
        if piece.part is None:
            if function is not None:
                function.body.clear()
            piece.part = part_of(
                self.nodes, module.owner, module, lazy_annotations=lazy_annotations
            )
            if function is not None:
                function.scope = piece.part.of[function.node]
                function.parameters = {
                    name: tuple(sites) for name, sites in function.scope.sites.items()
                }
        if function is None or function.scope is None:
            return
        for item in self.body:
            if item.part is None:
                item.part = part_of(
                    item.nodes, function.block, function.scope, lazy_annotations=lazy_annotations
                )

    def fill(self, spans: dict[cst.CSTNode, Span]) -> None:
        """Put the pieces of the body into the function, and note where it is and what it binds."""
        function = self.function
        if function is None or function.scope is None:
            return
        function.body[:] = [node for piece in self.body for node in piece.nodes]
        first, last = self.body[0], self.body[-1]
        end = last.spans[last.nodes[-1]].end
        spans[function.node] = Span(function.start, end)
        spans[function.block] = Span(first.spans[first.nodes[0]].start, end)
        sites = {name: list(places) for name, places in function.parameters.items()}
        for piece in self.body:
            if piece.part is not None:
                add_sites(sites, piece.part.sites)
        function.scope.sites = sites


def add_sites(sites: dict[str, list[Site]], more: Mapping[str, list[Site]]) -> None:
    """Add places that bind names to those that come before them."""
    for name, places in more.items():
        if name in sites:
            sites[name] += places
        else:
            sites[name] = list(places)
