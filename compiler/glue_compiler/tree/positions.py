"""Where the nodes of a libcst tree are: one pass that counts code points and writes no text.

The common forms have a function each, which takes the node and the offset where it begins and
returns the offset after it. All others go through libcst's own code generator, with a state that
only counts; what is below them does too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.text.source import Span
from glue_compiler.tree.span_state import SpanState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_span = tuple.__new__  # `Span(start, end)` without the call of a Python function
_SIMPLE = cst.SimpleWhitespace


def spans_of(module: cst.Module, offset: int, code: str) -> dict[cst.CSTNode, Span]:
    """The spans of all expressions, statements, arguments and parameters.

    They are without the white space, comments and parentheses around a node. `offset` is where
    the code of the module, which libcst has read, begins in its text.
    """
    state = SpanState(module, offset, code)
    at = _lines(state, module.header, offset)
    for statement in module.body:
        at = _emit(state, statement, at)
    return state.spans


def _emit(state: SpanState, node: cst.CSTNode, at: int) -> int:
    handler = _HANDLERS.get(node.__class__)
    return _other(state, node, at) if handler is None else handler(state, node, at)


def _other(state: SpanState, node: cst.CSTNode, at: int, **how: Any) -> int:
    state.at = at
    node._codegen(state, **how)
    return state.at


# -- white space -------------------------------------------------------------------------------


def _space(state: SpanState, node: Any, at: int) -> int:
    if node.__class__ is _SIMPLE:
        return at + len(node.value)
    if node.__class__ is not cst.ParenthesizedWhitespace:
        return at if node.__class__ is cst.MaybeSentinel else _other(state, node, at)
    at = _lines(state, node.empty_lines, _line_end(state, node.first_line, at))
    if node.indent:
        at += state.indents
    return at + len(node.last_line.value)


def _line_end(state: SpanState, node: cst.TrailingWhitespace, at: int) -> int:
    at += len(node.whitespace.value)
    if node.comment is not None:
        at += len(node.comment.value)
    newline = node.newline.value
    return at + len(state.default_newline if newline is None else newline)


def _lines(state: SpanState, nodes: Sequence[cst.EmptyLine], at: int) -> int:
    for node in nodes:
        if node.indent:
            at += state.indents
        at += len(node.whitespace.value)
        if node.comment is not None:
            at += len(node.comment.value)
        newline = node.newline.value
        at += len(state.default_newline if newline is None else newline)
    return at


def _opened(state: SpanState, node: Any, at: int) -> int:
    for parenthesis in node.lpar:
        at = _space(state, parenthesis.whitespace_after, at + 1)
    return at


def _closed(state: SpanState, node: Any, at: int) -> int:
    for parenthesis in node.rpar:
        at = _space(state, parenthesis.whitespace_before, at) + 1
    return at


def _around(state: SpanState, node: Any, at: int, length: int) -> int:
    """A token with white space on both sides."""
    return _space(state, node.whitespace_after, _space(state, node.whitespace_before, at) + length)


def _comma(state: SpanState, node: Any, at: int) -> int:
    return _around(state, node, at, 1) if node.__class__ is cst.Comma else at


# -- expressions -------------------------------------------------------------------------------


def _leaf(state: SpanState, node: Any, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = at + len(node.value)
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _attribute(state: SpanState, node: cst.Attribute, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = _emit(state, node.value, at)
    end = _leaf(state, node.attr, _around(state, node.dot, end, 1))
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _call(state: SpanState, node: cst.Call, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    spans = state.spans
    end = _space(state, node.whitespace_after_func, _emit(state, node.func, at)) + 1
    end = _space(state, node.whitespace_before_args, end)
    for arg in node.args:
        start = end
        if arg.star:
            end = _space(state, arg.whitespace_after_star, end + len(arg.star))
        if arg.keyword is not None:
            end = _leaf(state, arg.keyword, end)
            end = _around(state, arg.equal, end, 1)
        end = _emit(state, arg.value, end)
        spans[arg] = _span(Span, (start, end))
        end = _space(state, arg.whitespace_after_arg, _comma(state, arg.comma, end))
    end += 1
    spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _operator(state: SpanState, node: Any, at: int) -> int:
    length = _OPERATORS.get(node.__class__)
    return _other(state, node, at) if length is None else _around(state, node, at, length)


def _binary(state: SpanState, node: Any, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = _operator(state, node.operator, _emit(state, node.left, at))
    end = _emit(state, node.right, end)
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _comparison(state: SpanState, node: cst.Comparison, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = _emit(state, node.left, at)
    for target in node.comparisons:
        end = _emit(state, target.comparator, _operator(state, target.operator, end))
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _sequence(state: SpanState, node: Any, at: int) -> int:
    """A list or a tuple."""
    if node.lpar:
        at = _opened(state, node, at)
    bracketed = node.__class__ is cst.List
    end = _space(state, node.lbracket.whitespace_after, at + 1) if bracketed else at
    for element in node.elements:
        if element.__class__ is cst.Element:
            start = end
            end = _emit(state, element.value, end)
            state.spans[element] = _span(Span, (start, end))
            end = _comma(state, element.comma, end)
        else:
            end = _other(state, element, end)
    if bracketed:
        end = _space(state, node.rbracket.whitespace_before, end) + 1
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _dict(state: SpanState, node: cst.Dict, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = _space(state, node.lbrace.whitespace_after, at + 1)
    for element in node.elements:
        if type(element) is cst.DictElement:
            start = end
            end = _space(state, element.whitespace_before_colon, _emit(state, element.key, end))
            end = _space(state, element.whitespace_after_colon, end + 1)
            end = _emit(state, element.value, end)
            state.spans[element] = _span(Span, (start, end))
            end = _comma(state, element.comma, end)
        else:
            end = _other(state, element, end)
    end = _space(state, node.rbrace.whitespace_before, end) + 1
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


def _subscript(state: SpanState, node: cst.Subscript, at: int) -> int:
    if node.lpar:
        at = _opened(state, node, at)
    end = _space(state, node.whitespace_after_value, _emit(state, node.value, at))
    end = _space(state, node.lbracket.whitespace_after, end + 1)
    for element in node.slice:
        start = end
        inner = element.slice
        if type(inner) is cst.Index and inner.star is None:
            end = _emit(state, inner.value, end)
        else:
            end = _other(state, inner, end)
        state.spans[element] = _span(Span, (start, end))
        end = _comma(state, element.comma, end)
    end = _space(state, node.rbracket.whitespace_before, end) + 1
    state.spans[node] = _span(Span, (at, end))
    return _closed(state, node, end) if node.rpar else end


# -- statements --------------------------------------------------------------------------------


def _small(state: SpanState, node: cst.CSTNode, at: int) -> int:
    """A small statement without the semicolon after it."""
    cls = node.__class__
    start = at
    if cls is cst.Expr:
        at = _emit(state, node.value, at)  # type: ignore[attr-defined]
    elif cls is cst.Assign:
        for target in node.targets:  # type: ignore[attr-defined]
            begin = at
            at = _emit(state, target.target, at)
            state.spans[target] = _span(Span, (begin, at))
            at = _space(state, target.whitespace_before_equal, at) + 1
            at = _space(state, target.whitespace_after_equal, at)
        at = _emit(state, node.value, at)  # type: ignore[attr-defined]
    elif cls is cst.Return:
        at = _space(state, node.whitespace_after_return, at + 6)  # type: ignore[attr-defined]
        if node.value is not None:  # type: ignore[attr-defined]
            at = _emit(state, node.value, at)  # type: ignore[attr-defined]
    else:
        return _other(state, node, at)
    state.spans[node] = _span(Span, (start, at))
    semicolon = node.semicolon  # type: ignore[attr-defined]
    return _around(state, semicolon, at, 1) if semicolon.__class__ is cst.Semicolon else at


def _statement_line(state: SpanState, node: cst.SimpleStatementLine, at: int) -> int:
    return _smalls(state, node, _lines(state, node.leading_lines, at) + state.indents)


def _suite(state: SpanState, node: cst.SimpleStatementSuite, at: int) -> int:
    return _smalls(state, node, _space(state, node.leading_whitespace, at))


def _smalls(state: SpanState, node: Any, at: int) -> int:
    start = at
    for statement in node.body:
        at = _small(state, statement, at)
    state.spans[node] = _span(Span, (start, state.spans[node.body[-1]][1]))
    return _line_end(state, node.trailing_whitespace, at)


def _block(state: SpanState, node: cst.IndentedBlock, at: int) -> int:
    at = _line_end(state, node.header, at)
    state.increase_indent(state.default_indent if node.indent is None else node.indent)
    for statement in node.body:
        at = _emit(state, statement, at)
    spans = state.spans
    spans[node] = _span(Span, (spans[node.body[0]][0], spans[node.body[-1]][1]))
    at = _lines(state, node.footer, at)
    state.decrease_indent()
    return at


def _if(state: SpanState, node: cst.If, at: int) -> int:
    return _branch(state, node, at, 2)


def _branch(state: SpanState, node: cst.If, at: int, word: int) -> int:
    """An `if`, or an `elif`; `word` is the length of its keyword."""
    start = _lines(state, node.leading_lines, at) + state.indents
    at = _space(state, node.whitespace_before_test, start + word)
    at = _space(state, node.whitespace_after_test, _emit(state, node.test, at)) + 1
    at = _emit(state, node.body, at)
    if isinstance(node.orelse, cst.If):
        at = _branch(state, node.orelse, at, 4)
    elif node.orelse is not None:
        at = _else(state, node.orelse, at)
    return _ended(state, node, start, at)


def _else(state: SpanState, node: cst.Else, at: int) -> int:
    start = _lines(state, node.leading_lines, at) + state.indents
    at = _space(state, node.whitespace_before_colon, start + 4) + 1
    at = _emit(state, node.body, at)
    state.spans[node] = _span(Span, (start, state.spans[node.body][1]))
    return at


def _for(state: SpanState, node: cst.For, at: int) -> int:
    start = _lines(state, node.leading_lines, at) + state.indents
    at = start if node.asynchronous is None else _other(state, node.asynchronous, start)
    at = _emit(state, node.target, _space(state, node.whitespace_after_for, at + 3))
    at = _space(state, node.whitespace_after_in, _space(state, node.whitespace_before_in, at) + 2)
    at = _space(state, node.whitespace_before_colon, _emit(state, node.iter, at)) + 1
    at = _emit(state, node.body, at)
    if node.orelse is not None:
        at = _else(state, node.orelse, at)
    return _ended(state, node, start, at)


def _ended(state: SpanState, node: Any, start: int, at: int) -> int:
    """Note the span of a compound statement, which ends where its last block does."""
    last = node.body if node.orelse is None else node.orelse
    state.spans[node] = _span(Span, (start, state.spans[last][1]))
    return at


def _function(state: SpanState, node: cst.FunctionDef, at: int) -> int:
    at = _lines(state, node.leading_lines, at)
    for decorator in node.decorators:
        at = _other(state, decorator, at)
    start = _lines(state, node.lines_after_decorators, at) + state.indents
    at = start if node.asynchronous is None else _other(state, node.asynchronous, start)
    at = _leaf(state, node.name, _space(state, node.whitespace_after_def, at + 3))
    at = _space(state, node.whitespace_after_name, at)
    if node.type_parameters is not None:
        at = _other(state, node.type_parameters, at)
    at = _space(state, node.whitespace_after_type_parameters, at) + 1
    at = _other(state, node.params, _space(state, node.whitespace_before_params, at)) + 1
    if node.returns is not None:
        at = _other(state, node.returns, at, default_indicator="->")
    at = _emit(state, node.body, _space(state, node.whitespace_before_colon, at) + 1)
    state.spans[node] = _span(Span, (start, state.spans[node.body][1]))
    return at


_OPERATORS: dict[type, int] = {
    **dict.fromkeys((cst.FloorDivide, cst.LeftShift, cst.RightShift, cst.Power), 2),
    **dict.fromkeys(
        (cst.Equal, cst.GreaterThanEqual, cst.LessThanEqual, cst.In, cst.Is, cst.Or), 2
    ),
    **dict.fromkeys((cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.Modulo), 1),
    **dict.fromkeys((cst.BitAnd, cst.BitOr, cst.BitXor, cst.MatrixMultiply), 1),
    **dict.fromkeys((cst.GreaterThan, cst.LessThan), 1),
    cst.And: 3,
}
"""The lengths of the operators that have one spelling."""

_HANDLERS: dict[type, Callable[[SpanState, Any, int], int]] = {
    **dict.fromkeys((cst.Name, cst.Integer, cst.Float, cst.SimpleString), _leaf),
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _binary,
    cst.Comparison: _comparison,
    cst.List: _sequence,
    cst.Tuple: _sequence,
    cst.Dict: _dict,
    cst.Subscript: _subscript,
    cst.SimpleStatementLine: _statement_line,
    cst.SimpleStatementSuite: _suite,
    cst.IndentedBlock: _block,
    cst.If: _if,
    cst.For: _for,
    cst.FunctionDef: _function,
}
