"""Strings and other constants as libcst's nodes; what has parts is read by libcst."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.tree import node_makers
from glue_compiler.tree.built_places import Places, Unusual
from glue_compiler.tree.libcst_parser import parse_module
from glue_compiler.tree.positions import spans_of

if TYPE_CHECKING:
    import ast

_STRING = re.compile(
    r"""[rRbBuU]{0,2}(?:"""
    r""""(?!"")[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"|'(?!\'\')[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|"""
    r""""{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3}|'{3}[^'\\]*(?:(?:\\.|'(?!\'\'))[^'\\]*)*'{3})""",
    re.DOTALL,
)
"""One string, as opposed to several that follow each other."""


class Constants(Places):
    """Makes constants."""

    def constant(self, node: ast.Constant) -> Any:
        start, end = self.start(node), self.end(node)
        value = node.value
        text = self.text[start:end]
        cls = value.__class__
        if cls is str or cls is bytes:
            if _STRING.fullmatch(text) is None:
                return self.left_to_libcst(start, end)
            made = node_makers.make_string(text)
        elif cls is int:
            made = node_makers.make_integer(text)
        elif cls is float:
            if text[0] == "." and start and self.text[start - 1].isalpha():
                raise Unusual("number")  # libcst refuses `not.5`
            made = node_makers.make_float(text)
        elif value is None or cls is bool:
            made = node_makers.make_name(text)
        elif value is ...:
            made = node_makers.make_ellipsis()
        else:
            raise Unusual("constant")
        return self.put(made, start, end)

    def left_to_libcst(self, start: int, end: int) -> Any:
        """An expression of strings, which is read by libcst."""
        text = f"({self.text[start:end]})\n"
        if "\f" in text:
            raise Unusual("form feed")
        module = parse_module(text)
        if module is None:
            raise Unusual("string")
        value = module.body[0].body[0].value  # type: ignore[union-attr, index]
        spans = spans_of(module, start - 1, text)
        if spans[value] != (start, end):
            raise Unusual("string")  # libcst forgets white space in `f"{a!r }"`
        for node, span in spans.items():
            if (
                span.start >= start
                and span.end <= end
                and not isinstance(node, (cst.SimpleStatementLine, cst.Expr))
            ):
                self.spans[node] = span
        object.__setattr__(value, "lpar", value.lpar[1:])
        object.__setattr__(value, "rpar", value.rpar[:-1])
        return value

    def joined(self, node: Any) -> Any:
        return self.left_to_libcst(self.start(node), self.end(node))
