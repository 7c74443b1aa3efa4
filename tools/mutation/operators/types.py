"""Values of another type than an expression takes: in comparisons, conditions, branches, casts, functions and unions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import arguments, function, method, string, with_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree

_DATES = ("year", "month", "dayofweek", "quarter", "last_day", "weekofyear", "date_trunc")
_SUMS = ("sum", "avg")


def _columns(tree: Tree, *types: str) -> list[str]:
    """The columns of some types, of the tables that the model reads."""
    return sorted(
        {
            name
            for table, known in tree.tables.items()
            if f'ref("{table}")' in tree.text
            for name, kind in known.columns.items()
            if kind in types
        }
    )


def _type(tree: Tree, name: str) -> str | None:
    """The type of a column, where all tables that the model reads agree."""
    found = {
        known.columns[name]
        for table, known in tree.tables.items()
        if f'ref("{table}")' in tree.text and name in known.columns
    }
    return found.pop() if len(found) == 1 else None


def _column(node: cst.CSTNode, tree: Tree) -> str | None:
    """The name in `F.col("name")`, or in `frame.name` of a frame that is a table."""
    if function(node, "col") and isinstance(node, cst.Call) and len(node.args) == 1:
        return string(node.args[0].value)
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        known = node.value.value in tree.frames
        return node.attr.value if known and _type(tree, node.attr.value) else None
    return None


@operator("types")
def a_date_compared_with_a_number(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    above = tree.parent(node)
    if isinstance(above, cst.Comparison) and node is above.left and _column(node, tree):
        right = above.comparisons[0].comparator
        if isinstance(right, (cst.Integer, cst.Float)):
            for name in _columns(tree, "date", "timestamp"):
                yield f'F.col("{name}")'


@operator("types")
def a_number_instead_of_a_date(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    above = tree.parent(node)
    if isinstance(above, cst.ComparisonTarget):
        compared = tree.parent(above)
        left = compared.left if isinstance(compared, cst.Comparison) else None
        name = None if left is None else _column(left, tree)
        if name and _type(tree, name) in ("date", "timestamp"):
            yield "20240101"
            yield "2024"


@operator("types")
def a_comparison_is_forgotten(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Comparison) and _column(node.left, tree):
        above = tree.parent(node)
        if isinstance(above, (cst.BinaryOperation, cst.Arg)):
            yield tree.code(node.left)


@operator("types")
def a_branch_of_another_type(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "otherwise")
    if found and isinstance(node, cst.Call) and len(node.args) == 1:
        for value in ("True", "0", "F.current_date()"):
            yield with_arguments(node, tree, [value])


@operator("types")
def a_default_of_another_type(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "coalesce") and isinstance(node, cst.Call) and len(node.args) > 1:
        first, *_ = arguments(node, tree)
        for value in ("F.lit(0)", "F.current_date()", "F.lit(False)"):
            yield with_arguments(node, tree, [first, value])
    kind = _type(tree, _column(node, tree) or "")
    if kind in ("date", "timestamp") and isinstance(tree.parent(node), cst.Arg):
        yield f"F.coalesce({tree.code(node)}, F.lit(0))"


@operator("types")
def a_cast_that_there_is_not(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "cast") and isinstance(node, cst.Call) and len(node.args) == 1:
        for wanted in ('"date"', '"binary"', '"array<int>"'):
            yield with_arguments(node, tree, [wanted])
    kind = _type(tree, _column(node, tree) or "")
    if kind in ("int", "double", "boolean") and isinstance(tree.parent(node), cst.Arg):
        yield f'{tree.code(node)}.cast("date")'


@operator("types")
def a_function_for_another_type(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if not isinstance(node, cst.Call) or not node.args:
        return
    given = arguments(node, tree)
    if function(node, *_DATES):
        for name in _columns(tree, "int", "double")[:3]:
            place = 1 if function(node, "date_trunc") else 0
            yield with_arguments(node, tree, [*given[:place], f'"{name}"', *given[place + 1 :]])
    if function(node, *_SUMS):
        for name in _columns(tree, "date", "boolean")[:3]:
            yield with_arguments(node, tree, [f'"{name}"', *given[1:]])
    if function(node, "explode", "size", "array_contains", "array_distinct"):
        for name in _columns(tree, "string", "int")[:3]:
            yield with_arguments(node, tree, [f'"{name}"', *given[1:]])


@operator("types")
def a_union_of_other_types(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "union", "unionByName") and isinstance(node, cst.Call) and node.args:
        other, *rest = arguments(node, tree)
        for name in _columns(tree, "date", "timestamp", "double")[:4]:
            if f'"{name}"' in tree.text:
                value = "F.lit(True)"
                yield with_arguments(node, tree, [f'{other}.withColumn("{name}", {value})', *rest])


@operator("types")
def a_field_of_what_is_no_struct(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    name = _column(node, tree)
    if (
        name
        and _type(tree, name) in ("int", "string", "date")
        and isinstance(tree.parent(node), cst.Arg)
    ):
        yield f'{tree.code(node)}.getField("value")'
