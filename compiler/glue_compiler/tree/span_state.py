"""A code generator of libcst that writes no text: it counts code points and notes where nodes are."""

from __future__ import annotations

import re

import libcst as cst
from libcst._nodes.internal import CodegenState

from glue_compiler.text.source import Span

_SPACE = re.compile(r"(?:[ \t\f]|\\(?:\r\n?|\n))*")


class SpanState(CodegenState):
    """A code generator that counts code points and notes where nodes are; `code` begins at `offset`."""

    def __init__(self, module: cst.Module, offset: int, code: str) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.at = self.offset = offset
        self.code = code
        self.forgotten: cst.CSTNode | None = None
        self.spans: dict[cst.CSTNode, Span] = {}
        self.indents = 0

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)
        self.indents += len(value)

    def decrease_indent(self) -> None:
        self.indents -= len(self.indent_tokens.pop())

    def add_indent_tokens(self) -> None:
        self.at += self.indents

    def add_token(self, value: str) -> None:
        self.at += len(value)

    def pop_trailing_newline(self) -> None:
        pass

    def after_codegen(self, node: cst.CSTNode) -> None:
        # The ends of `from x import (a, b)` and `from x import *`, which are no expressions.
        if node.__class__ in (cst.RightParen, cst.ImportStar):
            self.spans[node] = Span(self.at - 1, self.at)
        elif node is self.forgotten:
            space = _SPACE.match(self.code, self.at - self.offset)
            self.at += 0 if space is None else len(space[0])

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> _Recording:
        if node.__class__ in (cst.ExceptHandler, cst.ExceptStarHandler) and node.name is None:  # type: ignore[attr-defined]
            # The parser of libcst forgets the white space of `except A :`.
            self.forgotten = node.whitespace_before_colon  # type: ignore[attr-defined]
        return _Recording(self, node, start_node, end_node)


class _Recording:
    __slots__ = ("end_node", "node", "start", "start_node", "state")

    def __init__(
        self,
        state: SpanState,
        node: cst.CSTNode,
        start_node: cst.CSTNode | None,
        end_node: cst.CSTNode | None,
    ) -> None:
        self.state = state
        self.node = node
        self.start_node = start_node
        self.end_node = end_node

    def __enter__(self) -> None:
        self.start = self.state.at

    def __exit__(self, *_: object) -> None:
        state = self.state
        spans = state.spans
        start = self.start if self.start_node is None else spans[self.start_node].start
        # some leaves, such as the star of an import, do not record themselves: they end here
        last = None if self.end_node is None else spans.get(self.end_node)
        end = state.at if last is None else last.end
        spans[self.node] = Span(start, end)
