"""libcst's tree of a text of the common forms, made from CPython's tree: a sixth of the time of libcst's parser.

What it holds is what libcst's own parser gives, without white space. Forms that models hardly have
(`async`, `match`, type parameters, ...) are left to libcst.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.text.source import Span
from glue_compiler.tree import node_makers
from glue_compiler.tree.built_expressions import Expressions
from glue_compiler.tree.built_places import Unusual

if TYPE_CHECKING:
    from glue_compiler.text.source import SourceText

_span = tuple.__new__
_SEMICOLON = re.compile(r"(?:[ \t\f]|\\(?:\r\n?|\n))*;(?:[ \t\f]|\\(?:\r\n?|\n))*\Z")
"""Between two statements of one line, which a backslash may continue."""
_SIMPLE = (
    ast.Expr,
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Return,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Raise,
    ast.Assert,
    ast.Delete,
    ast.Global,
    ast.Nonlocal,
)


def built(
    source: SourceText, python: ast.Module
) -> tuple[cst.Module, dict[cst.CSTNode, Span]] | None:
    """The module and the spans in it, from CPython's tree of the same text; None for what is left to libcst.

    What libcst refuses is left to it too, and has no tree: a rare form anywhere leaves the whole text
    to libcst, and what is known of the rest must not hang on that.
    """
    if source.text.startswith("\ufeff") or not python.body:
        return None
    statements = _Statements(source)
    try:
        body, _, _ = statements.body(python.body)
    except Unusual:
        return None
    module: cst.Module = node_makers.make_module(body)
    return module, statements.spans


class _Statements(Expressions):
    """Makes statements."""

    # -- statements

    def body(self, nodes: list[Any]) -> tuple[list[Any], int, int]:
        """Statements of a block, with the start of the first and the end of the last."""
        made: list[Any] = []
        index, count = 0, len(nodes)
        while index < count:
            node = nodes[index]
            if isinstance(node, _SIMPLE):
                small = [self.small(node)]
                last = node
                while index + 1 < count and self.share_line(last, nodes[index + 1]):
                    index += 1
                    last = nodes[index]
                    small.append(self.small(last))
                line = node_makers.make_line(small)
                self.spans[line] = _span(Span, (self.start(node), self.spans[small[-1]][1]))
                made.append(line)
            else:
                made.append(self.compound(node))
            index += 1
        return made, self.spans[made[0]][0], self.spans[made[-1]][1]

    def share_line(self, node: Any, following: Any) -> bool:
        """Whether there is a semicolon between a small statement and the next statement."""
        if following.lineno == node.end_lineno:
            return isinstance(following, _SIMPLE)
        return _SEMICOLON.match(self.text, self.end(node), self.start(following)) is not None

    def block(self, nodes: list[Any]) -> Any:
        first = nodes[0]
        start = self.start(first)
        line_start = self.starts[first.lineno - 1]
        before = self.text[line_start:start]
        if isinstance(first, _SIMPLE):
            if before.strip(" \t\f"):
                small = [self.small(node) for node in nodes]
                suite = node_makers.make_suite(small)
                return self.put(suite, start, self.spans[small[-1]][1])
            if self.text[max(line_start - 3, 0) : line_start].rstrip("\r\n").endswith("\\"):
                raise Unusual("continued")
        made, begin, end = self.body(nodes)
        return self.put(node_makers.make_block(made), begin, end)

    def small(self, node: Any) -> Any:
        start, end = self.start(node), self.end(node)
        cls = node.__class__
        if cls is ast.Expr:
            made = node_makers.make_expr(self.expr(node.value))
        elif cls is ast.Assign:
            targets, at = [], start
            for target in node.targets:
                begin = self.skip(at)
                inner = self.expr(target)
                stop = self.after(target, begin)
                element = node_makers.make_assign_target(inner)
                self.spans[element] = _span(Span, (begin, stop))
                at = self.skip(stop)
                if self.text[at] != "=":
                    raise Unusual("target")
                at += 1
                targets.append(element)
            made = node_makers.make_assign(targets, self.expr(node.value))
        elif cls is ast.Return:
            made = node_makers.make_return(None if node.value is None else self.expr(node.value))
        elif cls is ast.AugAssign:
            operator = node_makers.AUGMENTED.get(node.op.__class__)
            if operator is None:
                raise Unusual("augmented")
            made = node_makers.make_aug_assign(
                self.expr(node.target), node_makers.new(operator), self.expr(node.value)
            )
        elif cls is ast.AnnAssign:
            if self.text[start] == "(" and self.start(node.target) != start:
                raise Unusual("target")  # libcst does not read `(x): int`
            target = self.expr(node.target)
            colon = self.skip(self.after(node.target, start))
            annotation = self.annotation(node.annotation, colon, ":")
            value = None if node.value is None else self.expr(node.value)
            made = node_makers.make_ann_assign(target, annotation, value)
        elif cls is ast.Import:
            made = node_makers.make_import([self.alias(item) for item in node.names])
        elif cls is ast.ImportFrom:
            made = self.import_from(node, start)
        elif cls is ast.Pass:
            made = node_makers.make_pass()
        elif cls is ast.Break:
            made = node_makers.make_break()
        elif cls is ast.Continue:
            made = node_makers.make_continue()
        elif cls is ast.Raise:
            raised = None if node.exc is None else self.expr(node.exc)
            cause = None
            if node.cause is not None:
                at = self.skip(self.after(node.exc, start + 5))
                cause = self.from_(node.cause, at, end)
            made = node_makers.make_raise(raised, cause)
        elif cls is ast.Assert:
            made = node_makers.make_assert(
                self.expr(node.test), None if node.msg is None else self.expr(node.msg)
            )
        elif cls is ast.Global:
            made = node_makers.make_global(self.name_items(node.names, start + 6))
        elif cls is ast.Nonlocal:
            made = node_makers.make_nonlocal(self.name_items(node.names, start + 8))
        elif cls is ast.Delete and self.after(node.targets[0], start + 3) == end:  # no comma
            made = node_makers.make_delete(self.expr(node.targets[0]))
        else:
            raise Unusual(cls.__name__)
        self.spans[made] = _span(Span, (start, end))
        return made

    def name_items(self, names: list[str], at: int) -> list[Any]:
        """The names of a statement, which begin at a place."""
        items = []
        for name in names:
            found = self.name_at(self.comma(at), name)
            at = self.spans[found][1]
            items.append(self.put(node_makers.make_name_item(found), at - len(name), at))
        return items

    def dotted(self, start: int, name: str) -> Any:
        parts = name.split(".")
        made = self.name_at(start, parts[0])
        at = start + len(parts[0])
        for part in parts[1:]:
            if self.text[at] != ".":
                raise Unusual("dotted")
            attr = self.name_at(at + 1, part)
            at += 1 + len(part)
            made = self.put(node_makers.make_attribute(made, attr), start, at)
        return made

    def alias(self, node: ast.alias) -> Any:
        start, end = self.start(node), self.end(node)
        as_name = None
        if node.asname is not None:
            name = self.name_at(end - len(node.asname), node.asname)
            as_name = node_makers.make_as_name(name)
        return self.put(node_makers.make_alias(self.dotted(start, node.name), as_name), start, end)

    def import_from(self, node: ast.ImportFrom, start: int) -> Any:
        at = self.skip(start + 4)
        dots = []
        for _ in range(node.level):
            if self.text[at] != ".":
                raise Unusual("from")
            dots.append(self.put(node_makers.new(cst.Dot), at, at + 1))
            at = self.skip(at + 1)
        module = None if node.module is None else self.dotted(at, node.module)
        end = self.end(node)
        if node.names[0].name == "*":
            star = self.put(node_makers.new(cst.ImportStar), end - 1, end)
            return node_makers.make_import_from(module, star, dots, None, None)
        names = [self.alias(item) for item in node.names]
        if self.text[end - 1] != ")":
            return node_makers.make_import_from(module, names, dots, None, None)
        closing = self.put(node_makers.new(cst.RightParen), end - 1, end)
        return node_makers.make_import_from(
            module, names, dots, node_makers.new(cst.LeftParen), closing
        )

    def compound(self, node: Any) -> Any:
        start = self.start(node)
        cls = node.__class__
        if cls is ast.If:
            return self.if_(node, start)
        if cls is ast.For:
            target, items = self.expr(node.target), self.expr(node.iter)
            body = self.block(node.body)
            orelse = self.else_(node.orelse, body) if node.orelse else None
            made = node_makers.make_for(target, items, body, orelse)
            return self.put(made, start, self.spans[body if orelse is None else orelse][1])
        if cls is ast.FunctionDef:
            return self.function(node, start)
        if cls is ast.ClassDef:
            return self.class_(node, start)
        if cls is ast.While:
            test, body = self.expr(node.test), self.block(node.body)
            orelse = self.else_(node.orelse, body) if node.orelse else None
            made = node_makers.make_while(test, body, orelse)
            return self.put(made, start, self.spans[body if orelse is None else orelse][1])
        if cls is ast.With:
            return self.with_(node, start)
        if cls is ast.Try:
            return self.try_(node, start)
        raise Unusual(cls.__name__)

    def if_(self, node: ast.If, start: int) -> Any:
        test, body = self.expr(node.test), self.block(node.body)
        orelse, last = None, body
        if node.orelse:
            first: Any = node.orelse[0]
            begin = self.start(first)
            if (
                first.__class__ is ast.If
                and len(node.orelse) == 1
                and self.text.startswith("elif", begin)
            ):
                orelse = self.if_(first, begin)
            else:
                orelse = self.else_(node.orelse, body)
            last = orelse
        return self.put(node_makers.make_if(test, body, orelse), start, self.spans[last][1])

    def else_(self, nodes: list[Any], before: Any) -> Any:
        """The `else` of these statements, which follows a block."""
        head = self.head("else", before)
        body = self.block(nodes)
        return self.put(node_makers.make_else(body), head, self.spans[body][1])

    def head(self, word: str, before: Any) -> int:
        """Where the keyword stands that follows a block: CPython's tree does not place it."""
        at = self.skip(self.spans[before][1])
        if self.text[at] == ";":
            at = self.skip(at + 1)
        if not self.text.startswith(word, at):
            raise Unusual(word)
        return at

    def class_(self, node: ast.ClassDef, start: int) -> Any:
        if getattr(node, "type_params", None) or node.keywords:
            raise Unusual("class")
        decorators = [self.decorator(item) for item in node.decorator_list]
        name = self.name_at(self.skip(start + 5), node.name)
        at = self.skip(self.spans[name][1])
        bases = []
        for base in node.bases:
            if base.__class__ is ast.Starred:
                raise Unusual("class")
            begin = self.skip(at + 1)
            made = self.expr(base)
            arg = node_makers.make_arg(made, None, "")
            at = self.after(base, begin, made)
            self.spans[arg] = _span(Span, (begin, at))
            bases.append(arg)
            at = self.skip(at)
        body = self.block(node.body)
        return self.put(
            node_makers.make_class(name, body, bases, (), decorators), start, self.spans[body][1]
        )

    def with_(self, node: ast.With, start: int) -> Any:
        at = self.skip(start + 4)
        if self.text[at] == "(":
            raise Unusual("with (")
        items = []
        for item in node.items:
            begin = self.skip(at)
            made, as_name = self.expr(item.context_expr), None
            at = self.after(item.context_expr, begin)
            if item.optional_vars is not None:
                as_at = self.skip(at)
                if not self.text.startswith("as", as_at):
                    raise Unusual("with")
                as_name = node_makers.make_as_name(self.expr(item.optional_vars))
                at = self.after(item.optional_vars, as_at + 2)
            items.append(self.put(node_makers.make_with_item(made, as_name), begin, at))
            at = self.skip(at) + 1
        body = self.block(node.body)
        return self.put(node_makers.make_with(items, body), start, self.spans[body][1])

    def try_(self, node: ast.Try, start: int) -> Any:
        body = last = self.block(node.body)
        handlers, orelse, finalbody = [], None, None
        for item in node.handlers:
            begin = self.start(item)
            kind = None if item.type is None else self.expr(item.type)
            as_name = None
            if item.name is not None:
                at = self.skip(self.after(item.type, begin + 6))
                as_name = node_makers.make_as_name(self.name_at(self.skip(at + 2), item.name))
            inner = self.block(item.body)
            last = node_makers.make_handler(inner, kind, as_name)
            handlers.append(self.put(last, begin, self.spans[inner][1]))
        if node.orelse:
            last = orelse = self.else_(node.orelse, last)
        if node.finalbody:
            head = self.head("finally", last)
            inner = self.block(node.finalbody)
            last = finalbody = self.put(node_makers.make_finally(inner), head, self.spans[inner][1])
        return self.put(
            node_makers.make_try(body, handlers, orelse, finalbody), start, self.spans[last][1]
        )

    def decorator(self, node: Any) -> Any:
        start = self.start(node)
        at = start - 1
        while self.text[at] in " \t(":
            at -= 1
        if self.text[at] != "@":
            raise Unusual("decorator")
        made = node_makers.make_decorator(self.expr(node))
        return self.put(made, at, self.after(node, at + 1))

    def function(self, node: ast.FunctionDef, start: int) -> Any:
        if getattr(node, "type_params", None):
            raise Unusual("type parameters")
        decorators = [self.decorator(item) for item in node.decorator_list]
        name = self.name_at(self.skip(start + 3), node.name)
        at = self.skip(self.spans[name][1])
        params, at = self.params(node.args, at + 1)
        returns = None
        if node.returns is not None:
            at = self.skip(at)
            at = self.skip(at + 1) if self.text[at] == "," else at
            returns = self.annotation(node.returns, self.skip(at + 1), "->")
        body = self.block(node.body)
        made = node_makers.make_function(name, params, body, decorators, returns)
        return self.put(made, start, self.spans[body][1])
