"""Columns as if they were Python's values; aggregates, windows and `when` where they do not belong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import (
    arguments,
    called,
    function,
    method,
    positional,
    string,
    with_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree

_WORDS = {cst.BitAnd: "and", cst.BitOr: "or"}
_RANKING = ("row_number", "rank", "dense_rank", "lag", "lead", "ntile")


@operator("truth")
def and_or_instead_of_the_operators(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.BinaryOperation) and type(node.operator) in _WORDS:
        word = _WORDS[type(node.operator)]
        code = f"{tree.code(node.left)} {word} {tree.code(node.right)}"
        yield f"({code})" if node.lpar else code


@operator("truth")
def not_instead_of_the_tilde(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert):
        above = tree.parent(node)
        code = f"not {tree.code(node.expression)}"
        yield f"({code})" if isinstance(above, cst.BinaryOperation) or node.lpar else code


@operator("truth")
def no_parentheses_around_a_comparison(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    above = tree.parent(node)
    if (
        isinstance(node, cst.Comparison)
        and node.lpar
        and isinstance(above, cst.BinaryOperation)
        and type(above.operator) in _WORDS
    ):
        yield tree.code(node)[1:-1]


@operator("truth")
def no_parentheses_around_any_comparison(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    if isinstance(node, cst.BinaryOperation) and type(node.operator) in _WORDS:
        sides = [one for one in (node.left, node.right) if isinstance(one, cst.Comparison)]
        if len(sides) == 2:
            yield [(one, tree.code(one)[1:-1]) for one in sides if one.lpar]


@operator("truth")
def a_chained_comparison(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "between")
    if found and isinstance(node, cst.Call) and len(node.args) == 2:
        low, high = arguments(node, tree)
        yield f"{low} <= {tree.code(found.value)} <= {high}"
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        target = node.comparisons[0]
        right = tree.code(target.comparator)
        if isinstance(target.operator, cst.GreaterThan) and right.isdigit():
            code = f"1000000 > {tree.code(node.left)} > {right}"
            yield f"({code})" if node.lpar else code


@operator("truth")
def in_instead_of_isin(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "isin")
    if found and isinstance(node, cst.Call):
        given = arguments(node, tree)
        values = given[0] if len(given) == 1 else f"[{', '.join(given)}]"
        code = f"{tree.code(found.value)} in {values}"
        alone = not isinstance(tree.parent(node), cst.Arg)
        yield f"({code})" if alone else code


@operator("truth")
def an_if_else_instead_of_when(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "otherwise")
    if found and isinstance(node, cst.Call) and function(found.value, "when"):
        when = found.value
        if isinstance(when, cst.Call) and len(when.args) == 2:
            condition, value = arguments(when, tree)
            yield f"{value} if {condition} else {arguments(node, tree)[0]}"


@operator("truth")
def an_if_around_a_filter(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        assigned = node.body[0]
        if isinstance(assigned, cst.Assign) and method(assigned.value, "filter", "where"):
            call = assigned.value
            if isinstance(call, cst.Call) and "F.col" in tree.code(call.args[0].value):
                code = tree.code(assigned)
                yield f"if {tree.code(call.args[0].value)}:\n{tree.indent(assigned)}    {code}"


@operator("aggregates")
def an_aggregate_in_withColumn(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "withColumn") and isinstance(node, cst.Call) and len(node.args) == 2:
        name, value = arguments(node, tree)
        for aggregate in ("F.sum", "F.count"):
            if "import functions as F" in tree.text or "functions as F" in tree.text:
                yield with_arguments(node, tree, [name, f"{aggregate}({value})"])


@operator("aggregates")
def an_aggregate_in_a_filter(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    inside = any(method(one, "filter", "where") for one in tree.above(node))
    compared = isinstance(tree.parent(node), cst.Comparison)
    if inside and compared and function(node, "col") and isinstance(node, cst.Call):
        yield f"F.max({arguments(node, tree)[0]})"


@operator("aggregates")
def a_window_function_without_over(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "over")
    if found:
        yield tree.code(found.value)


@operator("aggregates")
def a_window_without_an_order(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "orderBy")
    if found and "Window" in tree.code(found.value):
        yield tree.code(found.value)


@operator("aggregates")
def a_window_function_in_a_filter(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "col") and any(method(one, "filter", "where") for one in tree.above(node)):
        name = string(positional(node)[0]) if isinstance(node, cst.Call) and node.args else None
        for other in tree.nodes:
            if method(other, "withColumn") and isinstance(other, cst.Call) and len(other.args) == 2:
                value = tree.code(other.args[1].value)
                if string(other.args[0].value) == name and re.search(r"\.over\(\w+\)$", value):
                    yield value


@operator("aggregates")
def otherwise_without_when(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "otherwise")
    if found and isinstance(node, cst.Call) and function(found.value, "when"):
        when = found.value
        if isinstance(when, cst.Call) and len(when.args) == 2:
            yield f"{arguments(when, tree)[0]}.otherwise({arguments(node, tree)[0]})"


@operator("aggregates")
def otherwise_before_when(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "otherwise")
    if found and isinstance(node, cst.Call):
        inner = method(found.value, "when")
        if inner and isinstance(found.value, cst.Call) and called(inner.value) == "when":
            last = arguments(node, tree)[0]
            case = ", ".join(arguments(found.value, tree))
            yield f"{tree.code(inner.value)}.otherwise({last}).when({case})"
        else:
            yield f"{tree.code(node)}.otherwise(None)"


@operator("aggregates")
def no_aggregate_in_agg(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "sum", "max", "min", "avg", "count") and isinstance(node, cst.Call):
        inside = next((one for one in tree.above(node) if method(one, "agg")), None)
        name = string(node.args[0].value) if node.args else None
        if inside and name and name != "*":
            yield f'F.col("{name}")'


@operator("aggregates")
def an_aggregate_of_an_aggregate(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "sum", "max", "avg") and isinstance(node, cst.Call):
        inside = next((one for one in tree.above(node) if method(one, "agg")), None)
        if inside:
            yield f"F.max({tree.code(node)})"


@operator("aggregates")
def a_ranking_that_is_ordered_by_nothing(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "over")
    if found and isinstance(node, cst.Call) and called(found.value) in _RANKING:
        yield f"{tree.code(found.value)}.over(Window.partitionBy(F.lit(1)))"
