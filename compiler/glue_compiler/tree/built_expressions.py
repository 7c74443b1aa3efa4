"""libcst's expressions of the common forms, with their spans, made from CPython's tree."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from glue_compiler.text.source import Span
from glue_compiler.tree import node_makers
from glue_compiler.tree.built_places import Unusual
from glue_compiler.tree.built_strings import Constants

_span = tuple.__new__


class Expressions(Constants):
    """Makes expressions, arguments and parameters."""

    def expr(self, node: Any) -> Any:
        method = _EXPRESSIONS.get(node.__class__)
        if method is None:
            raise Unusual(node.__class__.__name__)
        return method(self, node)

    def name(self, node: ast.Name) -> Any:
        start, end = self.start(node), self.end(node)
        return self.put(node_makers.make_name(self.text[start:end]), start, end)

    def attribute(self, node: ast.Attribute) -> Any:
        value = self.expr(node.value)
        end = self.end(node)
        attr = self.name_at(end - len(node.attr), node.attr)
        return self.put(node_makers.make_attribute(value, attr), self.start(node), end)

    def call(self, node: ast.Call) -> Any:
        text = self.text
        func = self.expr(node.func)
        start, end = self.start(node), self.end(node)
        at = self.end(node.func)
        if text[at] != "(":
            at = self.skip(at)
            while text[at] == ")":
                self.enclose(func, 1)
                at = self.skip(at + 1)
            if text[at] != "(":
                raise Unusual("call")
        at += 1
        given: list[Any] = [*node.args, *node.keywords] if node.keywords else node.args
        if node.keywords and node.args and self.start(node.keywords[0]) < self.start(node.args[-1]):
            given.sort(key=self.start)
        args = []
        last = len(given) - 1
        for index, item in enumerate(given):
            begin = self.skip(at)
            star, keyword, value = "", None, item
            place = begin
            if item.__class__ is ast.keyword:
                value = item.value
                if item.arg is None:
                    star, place = "**", begin + 2
                else:
                    keyword = self.name_at(begin, item.arg)
                    place = self.skip(begin + len(item.arg))
                    if text[place] != "=":
                        raise Unusual("keyword")
                    place += 1
            elif item.__class__ is ast.Starred:
                star, place, value = "*", begin + 1, item.value
            made = self.expr(value)
            if value.__class__ is ast.GeneratorExp and self.start(value) == at - 1:
                stop = at = self.spans[made][1]
                object.__setattr__(made, "lpar", ())
                object.__setattr__(made, "rpar", ())
            else:
                stop = at = self.after(value, place, made)
            arg = node_makers.make_arg(made, keyword, star)
            self.spans[arg] = _span(Span, (begin, stop))
            args.append(arg)
            if index < last:
                at = self.skip(at)
                if text[at] != ",":
                    raise Unusual("comma")
                at += 1
        return self.put(node_makers.make_call(func, args), start, end)

    def binary(self, node: ast.BinOp) -> Any:
        operator = node_makers.BINARY[node.op.__class__]
        made = node_makers.make_binary(
            self.expr(node.left), node_makers.new(operator), self.expr(node.right)
        )
        return self.put(made, self.start(node), self.end(node))

    def boolean(self, node: ast.BoolOp) -> Any:
        operator = cst.And if node.op.__class__ is ast.And else cst.Or
        start = self.start(node)
        left = self.expr(node.values[0])
        for value in node.values[1:-1]:
            left = node_makers.make_boolean(left, node_makers.new(operator), self.expr(value))
            self.put(left, start, self.closed(self.end(value)))
        made = node_makers.make_boolean(left, node_makers.new(operator), self.expr(node.values[-1]))
        return self.put(made, start, self.end(node))

    def unary(self, node: ast.UnaryOp) -> Any:
        made = node_makers.make_unary(
            node_makers.new(node_makers.UNARY[node.op.__class__]), self.expr(node.operand)
        )
        return self.put(made, self.start(node), self.end(node))

    def comparison(self, node: ast.Compare) -> Any:
        left = self.expr(node.left)
        targets = []
        for operator, right in zip(node.ops, node.comparators, strict=True):
            made = node_makers.new(node_makers.COMPARE[operator.__class__])
            if operator.__class__ is ast.NotEq:
                cst.NotEqual.value.__set__(made, "!=")  # type: ignore[attr-defined]
            targets.append(node_makers.make_target(made, self.expr(right)))
        return self.put(
            node_makers.make_comparison(left, targets), self.start(node), self.end(node)
        )

    def elements(self, nodes: list[Any], at: int) -> tuple[list[Any], int]:
        """The elements, and the end of the last one with the comma and the white space after it."""
        text, found = self.text, []
        for node in nodes:
            begin = self.skip(at)
            if node.__class__ is ast.Starred:
                element = node_makers.make_starred(self.expr(node.value))
                end = self.after(node.value, begin + 1)
            else:
                element = node_makers.make_element(self.expr(node))
                end = self.after(node, begin)
            self.spans[element] = _span(Span, (begin, end))
            found.append(element)
            at = self.skip(end)
            at = at + 1 if text[at : at + 1] == "," else end
        return found, at

    def list_(self, node: ast.List) -> Any:
        start, end = self.start(node), self.end(node)
        found, _ = self.elements(node.elts, start + 1)
        return self.put(node_makers.make_list(found), start, end)

    def set_(self, node: ast.Set) -> Any:
        start, end = self.start(node), self.end(node)
        found, _ = self.elements(node.elts, start + 1)
        return self.put(node_makers.make_set(found), start, end)

    def tuple_(self, node: ast.Tuple) -> Any:
        start, end = self.start(node), self.end(node)
        if not node.elts:
            at = self.skip(start + 1)
            made = node_makers.make_tuple(())
            self.enclose(made, 1)
            return self.put(made, at, at)
        if self.is_enclosed(node):
            found, at = self.elements(node.elts, start + 1)
            begin = self.skip(start + 1)
            made = node_makers.make_tuple(found)
            self.enclose(made, 1)
            return self.put(made, begin, at)
        found, at = self.elements(node.elts, start)
        return self.put(node_makers.make_tuple(found), start, end if end >= at else at)

    def is_enclosed(self, node: ast.Tuple) -> bool:
        """Whether a tuple has parentheses of its own: those of its first element close before a comma."""
        if not node.elts:
            return True
        start, first = self.start(node), self.start(node.elts[0])
        if self.text[start] != "(" or first == start or self.text[self.end(node) - 1] != ")":
            return False
        place, opened = self.skip(start + 1), 1
        while place < first:
            opened += 1
            place = self.skip(place + 1)
        place = self.skip(self.end(node.elts[0]))
        while self.text[place] == ")":
            opened -= 1
            place = self.skip(place + 1)
        return opened > 0

    def dict_(self, node: ast.Dict) -> Any:
        text, start, end = self.text, self.start(node), self.end(node)
        at, found = start + 1, []
        for key, value in zip(node.keys, node.values, strict=True):
            begin = self.skip(at)
            if key is None:
                element = node_makers.make_starred_dict_element(self.expr(value))
                at = self.after(value, begin + 2)
            else:
                made = self.expr(key)
                colon = self.skip(self.after(key, begin))
                if text[colon] != ":":
                    raise Unusual("colon")
                element = node_makers.make_dict_element(made, self.expr(value))
                at = self.after(value, colon + 1)
            self.spans[element] = _span(Span, (begin, at))
            found.append(element)
            at = self.skip(at)
            if text[at] == ",":
                at += 1
        return self.put(node_makers.make_dict(found), start, end)

    def subscript(self, node: ast.Subscript) -> Any:
        text, start, end = self.text, self.start(node), self.end(node)
        value = self.expr(node.value)
        at = self.skip(self.closed(self.end(node.value)))
        if text[at] != "[":
            raise Unusual("subscript")
        at = self.skip(at + 1)
        inner: Any = node.slice
        items = [inner]
        if inner.__class__ is ast.Tuple and not self.is_enclosed(inner):
            items = inner.elts
        elements = []
        for item in items:
            made, stop = self.index(item, at)
            elements.append(self.put(node_makers.make_subscript_element(made), at, stop))
            at = self.comma(stop)
        return self.put(node_makers.make_subscript(value, elements), start, end)

    def index(self, node: Any, at: int) -> tuple[Any, int]:
        """An index or a slice that begins at a place, and its end."""
        if node.__class__ is ast.Starred:
            raise Unusual("starred")
        if node.__class__ is not ast.Slice:
            return node_makers.make_index(self.expr(node)), self.after(node, at)
        parts = [None, None, None]
        colons = 0
        for number, part in enumerate((node.lower, node.upper, node.step)):
            if part is not None:
                parts[number] = self.expr(part)
                at = self.after(part, at)
            if self.text[self.skip(at)] == ":":
                at, colons = self.skip(at) + 1, colons + 1
                if self.text[end := self.skip(at)] in ",]":
                    at = end  # libcst counts the white space after a last colon in
        second: Any = node_makers.NOT_GIVEN if colons < 2 else node_makers.new(cst.Colon)
        return node_makers.make_slice(*parts, node_makers.new(cst.Colon), second), at

    def if_expression(self, node: ast.IfExp) -> Any:
        start, end = self.start(node), self.end(node)
        if self.touches_keyword(start, end):
            raise Unusual("if")  # libcst refuses `return(a if b else c)`
        made = node_makers.make_if_expression(
            self.expr(node.test), self.expr(node.body), self.expr(node.orelse)
        )
        return self.put(made, start, end)

    def yield_(self, node: Any) -> Any:
        if node.__class__ is ast.YieldFrom:
            value = self.from_(node.value, self.skip(self.start(node) + 5), self.end(node))
        else:
            value = None if node.value is None else self.expr(node.value)
        return self.put(node_makers.make_yield(value), self.start(node), self.end(node))

    def from_(self, node: Any, start: int, end: int) -> Any:
        if not self.text.startswith("from", start):
            raise Unusual("from")
        return self.put(node_makers.make_from(self.expr(node)), start, end)

    def await_(self, node: ast.Await) -> Any:
        return self.put(
            node_makers.make_await(self.expr(node.value)), self.start(node), self.end(node)
        )

    def named(self, node: ast.NamedExpr) -> Any:
        made = node_makers.make_named(self.expr(node.target), self.expr(node.value))
        return self.put(made, self.start(node), self.end(node))

    def lambda_(self, node: ast.Lambda) -> Any:
        start, end = self.start(node), self.end(node)
        if self.touches_keyword(start, end):
            raise Unusual("lambda")  # libcst fails at `return(lambda: a)`
        params, _ = self.params(node.args, start + 6)
        return self.put(node_makers.make_lambda(params, self.expr(node.body)), start, end)

    def comp_for(self, generators: list[Any]) -> Any:
        first, *others = generators
        if first.is_async:
            raise Unusual("async")
        inner = self.comp_for(others) if others else None
        ifs = [node_makers.make_comp_if(self.expr(test)) for test in first.ifs]
        return node_makers.make_comp_for(self.expr(first.target), self.expr(first.iter), ifs, inner)

    def list_comp(self, node: ast.ListComp) -> Any:
        made = node_makers.make_list_comp(self.expr(node.elt), self.comp_for(node.generators))
        return self.put(made, self.start(node), self.end(node))

    def set_comp(self, node: ast.SetComp) -> Any:
        made = node_makers.make_set_comp(self.expr(node.elt), self.comp_for(node.generators))
        return self.put(made, self.start(node), self.end(node))

    def dict_comp(self, node: ast.DictComp) -> Any:
        made = node_makers.make_dict_comp(
            self.expr(node.key), self.expr(node.value), self.comp_for(node.generators)
        )
        return self.put(made, self.start(node), self.end(node))

    def generator(self, node: ast.GeneratorExp) -> Any:
        """A generator expression, whose range in CPython's tree has its parentheses or those of a call."""
        made = node_makers.make_generator(self.expr(node.elt), self.comp_for(node.generators))
        last = node.generators[-1]
        self.enclose(made, 1)
        end = self.after_gap(last.ifs[-1] if last.ifs else last.iter, self.end(node) - 1)
        return self.put(made, self.skip(self.start(node) + 1), end)

    def annotation(self, node: Any, at: int, indicator: str) -> Any:
        """An annotation, whose indicator stands at a place."""
        if not self.text.startswith(indicator, at):
            raise Unusual("annotation")
        begin = self.skip(at + len(indicator))
        return self.put(
            node_makers.make_annotation(self.expr(node)), begin, self.after(node, begin)
        )

    def params(self, args: ast.arguments, at: int) -> tuple[Any, int]:
        """The parameters, which begin at a place, and the end of the last."""
        if args.posonlyargs:
            raise Unusual("positional only")
        params: list[Any] = []
        keyword_only: list[Any] = []
        star_arg: Any = node_makers.NOT_GIVEN
        star_kwarg = None
        defaults = [*[None] * (len(args.args) - len(args.defaults)), *args.defaults]
        for arg, default in zip(args.args, defaults, strict=True):
            made, at = self.param(arg, default, "", at)
            params.append(made)
        if args.vararg is not None:
            star_arg, at = self.param(args.vararg, None, "*", at)
        elif args.kwonlyargs:
            star_arg = node_makers.new(cst.ParamStar)
            at = self.skip(self.comma(at)) + 1
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            made, at = self.param(arg, default, "", at)
            keyword_only.append(made)
        if args.kwarg is not None:
            star_kwarg, at = self.param(args.kwarg, None, "**", at)
        return node_makers.make_params(params, star_arg, keyword_only, star_kwarg, ()), at

    def param(self, arg: ast.arg, default: Any, star: str, at: int) -> tuple[Any, int]:
        begin = self.comma(at)
        start = self.skip(begin + len(star))
        name = self.name_at(start, arg.arg)
        end = start + len(arg.arg)
        annotation = value = None
        if arg.annotation is not None:
            annotation = self.annotation(arg.annotation, self.skip(end), ":")
            end = self.spans[annotation][1]
        if default is not None:
            value = self.expr(default)
            equal = self.skip(end)
            if self.text[equal] != "=":
                raise Unusual("default")
            end = self.after(default, equal + 1)
        return self.put(
            node_makers.make_param(name, annotation, value, star), begin, start + len(arg.arg)
        ), end


_EXPRESSIONS: dict[type, Any] = {
    ast.Name: Expressions.name,
    ast.Constant: Expressions.constant,
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.BinOp: Expressions.binary,
    ast.BoolOp: Expressions.boolean,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.comparison,
    ast.List: Expressions.list_,
    ast.Tuple: Expressions.tuple_,
    ast.Set: Expressions.set_,
    ast.Dict: Expressions.dict_,
    ast.Subscript: Expressions.subscript,
    ast.IfExp: Expressions.if_expression,
    ast.Lambda: Expressions.lambda_,
    ast.ListComp: Expressions.list_comp,
    ast.SetComp: Expressions.set_comp,
    ast.DictComp: Expressions.dict_comp,
    ast.JoinedStr: Expressions.joined,
    ast.NamedExpr: Expressions.named,
    ast.Yield: Expressions.yield_,
    ast.YieldFrom: Expressions.yield_,
    ast.Await: Expressions.await_,
    ast.GeneratorExp: Expressions.generator,
}
