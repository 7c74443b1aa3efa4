"""Places of CPython's nodes in a text, and what stands around them: white space, commas, parentheses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.text.source import Span
from glue_compiler.tree import node_makers

if TYPE_CHECKING:
    from glue_compiler.text.source import SourceText


class Unusual(Exception):
    """A form that is left to libcst's own parser."""


_span = tuple.__new__
_GAP = re.compile(r"(?:[ \t\f\r\n]|\\(?:\r\n?|\n)|#[^\r\n]*)*")
_AFTER_KEYWORD = re.compile(
    r"\b(?:and|as|assert|await|del|elif|else|except|for|from|if|in|is|not|or|raise|return|while|with|yield)\Z"
)
_LEFT, _RIGHT = cst.LeftParen(), cst.RightParen()


class Places:
    """The text, and the spans of the nodes that were made of it."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.text = source.text
        self.starts = source.line_starts
        self.ascii = source.is_ascii
        self.spans: dict[cst.CSTNode, Span] = {}

    def start(self, node: Any) -> int:
        """Where a node begins in the text."""
        if self.ascii:
            start: int = self.starts[node.lineno - 1] + node.col_offset
            return start
        return self.source.offset_of_utf8(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        """Where it ends."""
        if self.ascii:
            end: int = self.starts[node.end_lineno - 1] + node.end_col_offset
            return end
        return self.source.offset_of_utf8(node.end_lineno, node.end_col_offset)

    def skip(self, at: int) -> int:
        """The next place with code."""
        return _GAP.match(self.text, at).end()  # type: ignore[union-attr]

    def put(self, node: Any, start: int, end: int) -> Any:
        """The node, whose span is noted."""
        self.spans[node] = _span(Span, (start, end))
        return node

    def name_at(self, start: int, name: str) -> Any:
        """A name as it is written at a place."""
        end = start + len(name)
        if self.text[start:end] != name:
            raise Unusual("name")
        return self.put(node_makers.make_name(name), start, end)

    def comma(self, at: int) -> int:
        """The next place with code, after a comma if there is one."""
        at = self.skip(at)
        return self.skip(at + 1) if self.text[at] == "," else at

    def enclose(self, made: Any, count: int) -> None:
        """Effect: the node has so many parentheses more around it."""
        object.__setattr__(made, "lpar", (_LEFT,) * count + made.lpar)
        object.__setattr__(made, "rpar", (_RIGHT,) * count + made.rpar)

    def after(self, node: Any, at: int, made: Any = None) -> int:
        """The end of an expression with the parentheses around it; before it is only white space from `at` on."""
        begin, end = self.start(node), self.end(node)
        opened = self.skip(at)
        if opened == begin:
            return end
        while opened < begin:
            if self.text[opened] != "(":
                raise Unusual("parentheses")
            end = self.skip(end)
            if self.text[end] != ")":
                raise Unusual("parentheses")
            end += 1
            opened = self.skip(opened + 1)
            if made is not None:
                self.enclose(made, 1)
        return end

    def closed(self, at: int) -> int:
        """The end of the parentheses that are closed at a place; something follows that is none."""
        while self.text[place := self.skip(at)] == ")":
            at = place + 1
        return at

    def touches_keyword(self, start: int, end: int) -> bool:
        """Whether a keyword may touch the parentheses around an expression: `return(a)`, `(a)for b in c`."""
        text = self.text
        at = start
        while at and text[at - 1] in "( \t\f\r\n\\":
            at -= 1
        if at < start:
            line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
            if text[at] == "(" and _AFTER_KEYWORD.search(text, line, at):
                return True
            if "#" in text[line:at]:
                return True  # it may be a comment, and parentheses stand before it
        closed = self.skip(end)
        while text[closed : closed + 1] == ")":
            if text[closed + 1 : closed + 2].isalpha():
                return True
            closed = self.skip(closed + 1)
        return False

    def after_gap(self, node: Any, limit: int) -> int:
        """The end of an expression with the parentheses around it, which all end before `limit`."""
        end = self.end(node)
        while (at := self.skip(end)) < limit:
            if self.text[at] != ")":
                raise Unusual("parentheses")
            end = at + 1
        return end
