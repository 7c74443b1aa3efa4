"""Texts that Spark reads: SQL, names of types, patterns of dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import called, function, method, near, quoted, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree

_TYPES = {
    "int": ("int64", "number"),
    "string": ("str", "text"),
    "date": ("datetime",),
    "decimal(10,2)": ("decimal(10.2)", "numeric[10,2]"),
    "double": ("float64",),
    "timestamp": ("datetime64",),
}
_SQL = ("filter", "where", "selectExpr", "expr", "sql")


def _sql(node: cst.CSTNode, tree: Tree) -> str | None:
    """The SQL that a string or a part of one is."""
    if isinstance(node, cst.FormattedStringText):
        return node.value if "select" in node.value else None
    if not isinstance(node, cst.SimpleString):
        return None
    call = next((one for one in tree.above(node) if isinstance(one, cst.Call)), None)
    if call is None or called(call) not in _SQL:
        return None
    return node.raw_value


def _with(node: cst.CSTNode, text: str) -> str:
    return f"{node.quote}{text}{node.quote}" if isinstance(node, cst.SimpleString) else text


@operator("text")
def a_column_in_SQL_that_is_not_there(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = _sql(node, tree)
    for found in re.finditer(r"\b\w+\b", text or ""):
        if found[0] in tree.columns and text is not None:
            yield _with(node, text[: found.start()] + near(found[0]) + text[found.end() :])


@operator("text")
def a_view_that_is_not_there(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = _sql(node, tree)
    for found in re.finditer(r"\b(?:from|join) (\w+)", text or ""):
        if text is not None:
            yield _with(node, text[: found.start(1)] + near(found[1]) + text[found.end(1) :])


@operator("text")
def SQL_that_does_not_parse(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = _sql(node, tree)
    if not text:
        return
    for wrong, right in (
        (r"\band\b", "&&"),
        (r"\)(?!.*\))", ""),
        (r"\bthen\b", ""),
        (r"\bby\b", ""),
    ):
        changed = re.sub(wrong, right, text, count=1, flags=re.DOTALL)
        if changed != text:
            yield _with(node, changed)


@operator("text")
def SQL_with_a_function_that_is_not_there(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = _sql(node, tree)
    for found in re.finditer(r"\b([a-z_]+)\(", text or ""):
        if text is not None:
            yield _with(node, text[: found.start(1)] + found[1] + "s" + text[found.end(1) :])


@operator("text")
def a_type_by_another_name(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = string(node)
    call = next((one for one in tree.above(node) if isinstance(one, cst.Call)), None)
    if (
        text in _TYPES
        and call is not None
        and called(call) in ("cast", "udf", "pandas_udf", "withColumn")
    ):
        for wrong in _TYPES[text]:
            yield quoted(wrong)


@operator("text")
def a_pattern_of_another_language(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = string(node)
    call = next((one for one in tree.above(node) if isinstance(one, cst.Call)), None)
    if (
        text
        and call is not None
        and called(call) in ("date_format", "to_date", "to_timestamp", "strftime")
    ):
        if "yyyy" in text:
            yield quoted(text.replace("yyyy", "YYYY"))
            yield quoted(text.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d"))
        if "dd" in text:
            yield quoted(text.replace("dd", "DD"))
        if "HH:mm" in text:
            yield quoted(text.replace("HH:mm", "HH:MM"))
            yield quoted(text.replace("HH:mm", "hh:mm"))


@operator("text")
def an_order_as_in_SQL(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "desc") and isinstance(node, cst.Call):
        name = string(node.args[0].value)
        if name:
            yield quoted(f"{name} desc")
    found = method(node, "desc")
    if found and isinstance(found.value, cst.Call) and function(found.value, "col"):
        name = string(found.value.args[0].value)
        if name:
            yield quoted(f"{name} desc")


@operator("text")
def an_expression_where_a_name_is(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "col") and isinstance(node, cst.Call) and node.args:
        name = string(node.args[0].value)
        above = tree.parent(node)
        if name and isinstance(above, cst.BinaryOperation):
            right = re.search(r'"(\w+)"', tree.code(above.right))
            if right and above.left is node:
                yield f'F.col("{name} * {right[1]}")'
    if function(node, "sum", "max") and isinstance(node, cst.Call):
        name = string(node.args[0].value)
        if name:
            yield f'F.col("{called(node)}({name})")'


@operator("text")
def python_in_SQL(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    text = _sql(node, tree)
    if text and called(
        next((one for one in tree.above(node) if isinstance(one, cst.Call)), node)
    ) in ("filter", "where"):
        yield _with(node, re.sub(r"!= '(\w+)'", r"is not \1", text))
        yield _with(node, re.sub(r"'(\w+)'", r"\1", text))
