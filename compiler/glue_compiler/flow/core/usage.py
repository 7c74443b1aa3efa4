"""How an expression is used by the code around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.facts.frames import Discarded, RowLoop
from glue_compiler.flow.core.values import FrameValue, GroupedValue, RowsValue, Value
from glue_compiler.names.surface import USES_BY_PARENT

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env
    from glue_compiler.text.source import Span

_USES: dict[type, str] = {**USES_BY_PARENT, cst.ComparisonTarget: "compare"}
_KEEPS = frozenset(
    {
        *("cache", "persist", "unpersist", "checkpoint", "localCheckpoint", "show", "foreach"),
        *("createOrReplaceTempView", "createTempView", "createGlobalTempView", "observe"),
        *("createOrReplaceGlobalTempView", "registerTempTable", "hint", "insert", "update"),
        *("describe", "summary", "head", "tail", "info", "crosstab", "freqItems"),
    }
)


_TESTS = frozenset({cst.If, cst.While, cst.IfExp})
_ITERATES = frozenset({cst.For, cst.CompFor})
_LOOPS = frozenset({cst.For, cst.While})
_FUNCTIONS = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


def use_of(parents: dict[cst.CSTNode, cst.CSTNode], node: cst.CSTNode) -> str:
    """The word for how the value of an expression is used (see DbtUse.use)."""
    parent: Any = parents.get(node)
    cls = parent.__class__
    if cls in _TESTS:
        return "test" if parent.test is node else "value"
    if cls in _ITERATES and parent.iter is node:
        return "iterate"
    if type(parent) is cst.UnaryOperation:
        return "not" if type(parent.operator) is cst.Not else "operator"
    if type(parent) is cst.Subscript:
        return "subscript" if parent.value is node else "value"
    return _USES.get(cls, "value")


def comparison(it: Interpreter, node: cst.CSTNode) -> tuple[str | None, str | None, Span | None]:
    """The operator (value on the left side), literal operand and span of a test of a value."""
    parent = it.parents.get(node)
    if type(parent) is cst.UnaryOperation and type(parent.operator) is cst.Not:
        return "not", None, it.spans[parent]
    if type(parent) is cst.Comparison and len(parent.comparisons) == 1:
        target = parent.comparisons[0]
        operator = OPERATORS.get(type(target.operator))
        return operator, _literal(it, target.comparator), it.spans[parent]
    if type(parent) is cst.ComparisonTarget:
        outer = it.parents.get(parent)
        if type(outer) is cst.Comparison and len(outer.comparisons) == 1:
            operator = OPERATORS.get(type(parent.operator))
            turned = TURNED.get(operator or "", operator)
            return turned, _literal(it, outer.left), it.spans[outer]
    return None, None, None


def _literal(it: Interpreter, node: cst.BaseExpression) -> str | None:
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        return it.tree.text(node)
    return None


OPERATORS: dict[type, str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def enclosing_loop(
    parents: dict[cst.CSTNode, cst.CSTNode], node: cst.CSTNode
) -> cst.For | cst.While | None:
    """The innermost loop statement whose body holds the node, in the same function."""
    below = node
    current: Any = parents.get(node)
    while current is not None and current.__class__ not in _FUNCTIONS:
        if current.__class__ in _LOOPS and below is current.body:
            loop: cst.For | cst.While = current
            return loop
        below, current = current, parents.get(current)
    return None


def root_name(node: cst.CSTNode) -> cst.Name | None:
    """The name at the start of a chain of attributes, calls and subscripts."""
    while True:
        if isinstance(node, (cst.Attribute, cst.Subscript)):
            node = node.value
        elif type(node) is cst.Call:
            node = node.func
        else:
            return node if type(node) is cst.Name else None


def discarded_call(it: Interpreter, node: cst.Expr, value: Value, env: Env) -> Discarded | None:
    """A statement `df.filter(...)`: a call of a frame's method whose new frame nobody keeps."""
    call = node.value
    if type(call) is not cst.Call or type(call.func) is not cst.Attribute:
        return None
    chain: cst.CSTNode = call
    while isinstance(chain, (cst.Call, cst.Attribute)):
        if type(chain) is cst.Attribute and chain.attr.value in _KEEPS:
            return None
        chain = chain.func if isinstance(chain, cst.Call) else chain.value
    if any(a.keyword is not None and a.keyword.value == "inplace" for a in call.args):
        return None
    frame = value.frame if isinstance(value, GroupedValue) else value
    if not isinstance(frame, FrameValue):
        return None
    receiver = call.func.value
    name = receiver if type(receiver) is cst.Name else None
    held = env.get(name.value) if name is not None else None
    return Discarded(
        span=it.spans[call],
        method=call.func.attr.value,
        frame=it.recorder.frame(frame),
        worlds=(),
        name=name.value if name is not None and isinstance(held, FrameValue) else None,
        name_span=it.spans[name] if name is not None and isinstance(held, FrameValue) else None,
    )


def row_loop(it: Interpreter, iterable: cst.CSTNode, node: cst.CSTNode, value: Value) -> None:
    """Record a loop or comprehension over the rows of a frame on the driver."""
    if isinstance(value, RowsValue) and not value.one:
        method = "toLocalIterator" if "toLocalIterator" in it.tree.text(iterable) else "collect"
        it.recorder.add(
            "row_loops",
            RowLoop(it.spans[iterable], it.spans[node], method, it.recorder.frame(value.frame), ()),
        )
