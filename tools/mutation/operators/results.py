"""Results that no table can hold, and configs that the result or the own table does not bear out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import (
    arguments,
    function,
    method,
    near,
    positional,
    quoted,
    string,
    with_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Change, Tree


@operator("unwritable")
def a_join_on_a_condition_keeps_both_keys(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if not (method(node, "join") and isinstance(node, cst.Call) and len(node.args) >= 2):
        return
    if tree.is_pandas:
        return
    found = method(node, "join")
    given = arguments(node, tree)
    names = re.fullmatch(r'(?:on=)?\[?"(\w+)"\]?', given[1])
    if found and names and isinstance(node.args[0].value, cst.Name):
        left, right, key = tree.code(found.value), given[0], names[1]
        if re.fullmatch(r"\w+", left):
            yield with_arguments(node, tree, [right, f"{left}.{key} == {right}.{key}", *given[2:]])
            condition = f'{left}["{key}"] == {right}["{key}"]'
            yield with_arguments(node, tree, [right, condition, *given[2:]])


@operator("unwritable")
def a_column_twice(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "select") and isinstance(node, cst.Call) and node.args:
        given = arguments(node, tree)
        yield with_arguments(node, tree, [*given, given[0]])


@operator("unwritable")
def names_that_differ_by_case(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "select") and isinstance(node, cst.Call) and node.args:
        name = next((string(one) for one in positional(node) if string(one)), None)
        if name:
            again = f'F.col("{name}").alias("{name.upper()}")'
            yield with_arguments(node, tree, [*arguments(node, tree), again])


@operator("unwritable")
def a_name_with_a_space_or_parentheses(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "alias") and isinstance(node, cst.Call) and len(node.args) == 1:
        name = string(node.args[0].value)
        if name and len(name) > 2:
            yield with_arguments(node, tree, [quoted(f"{name} (eur)")])


@operator("unwritable")
def an_aggregate_without_a_name(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "alias")
    if found and function(found.value, "sum", "count", "max", "avg", "countDistinct"):
        yield tree.code(found.value)


@operator("unwritable")
def all_columns_beside_some(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "select") and isinstance(node, cst.Call) and node.args and not tree.is_pandas:
        yield with_arguments(node, tree, ['"*"', *arguments(node, tree)])


@operator("unwritable")
def levels_of_columns_in_pandas(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = method(node, "agg")
    if found and isinstance(node, cst.Call) and tree.is_pandas and node.args:
        pairs = re.findall(r'\("(\w+)", "(\w+)"\)', tree.code(node))
        if pairs:
            inner = ", ".join(f'"{name}": ["{how}", "max"]' for name, how in dict(pairs).items())
            yield with_arguments(node, tree, [f"{{{inner}}}"])


@operator("unwritable")
def null_without_a_type(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if method(node, "withColumn") and isinstance(node, cst.Call) and len(node.args) == 2:
        yield with_arguments(node, tree, [arguments(node, tree)[0], "F.lit(None)"])


def _config(node: cst.CSTNode, *keys: str) -> cst.Arg | None:
    if isinstance(node, cst.Arg) and node.keyword and node.keyword.value in keys:
        return node
    return None


@operator("incremental")
def a_config_that_names_no_column(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    argument = _config(
        node, "unique_key", "partition_by", "merge_update_columns", "merge_exclude_columns"
    )
    if argument:
        texts = [argument.value]
        if isinstance(argument.value, cst.List):
            texts = [one.value for one in argument.value.elements]
        for one in texts:
            name = string(one)
            if name:
                yield [(one, quoted(near(name)))]
                yield [(one, quoted("id" if name != "id" else "key"))]


@operator("incremental")
def a_key_that_is_not_returned(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if "incremental" in tree.text and method(node, "select") and isinstance(node, cst.Call):
        keys = re.findall(r'(?:unique_key|partition_by|merge_update_columns)=\[?"(\w+)"', tree.text)
        returned = any(isinstance(one, cst.Return) for one in tree.above(node))
        given = arguments(node, tree)
        left = [one for one in given if string_of(one) not in keys]
        if returned and len(left) < len(given) and left:
            yield with_arguments(node, tree, left)


def string_of(code: str) -> str:
    """The text of a plain string's code, else the code."""
    return code[1:-1] if code.startswith('"') else code


@operator("incremental")
def the_own_table_in_a_first_run(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    if isinstance(node, cst.If) and "is_incremental" in tree.code(node.test):
        yield [(node.test, "True")]


@operator("incremental")
def the_guard_is_the_wrong_way_round(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    if isinstance(node, cst.If) and "is_incremental" in tree.code(node.test):
        yield [(node.test, f"not {tree.code(node.test)}")]


@operator("incremental")
def append_with_a_unique_key(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    argument = _config(node, "incremental_strategy")
    if argument and "unique_key" in tree.text:
        yield 'incremental_strategy="append"'


@operator("incremental")
def a_column_that_the_own_table_does_not_have(node: cst.CSTNode, tree: Tree) -> Iterator[Change]:
    if isinstance(node, cst.FormattedStringText) and "max(" in node.value:
        yield re.sub(r"max\((\w+)\)", lambda found: f"max({near(found[1])})", node.value)
        yield re.sub(r"max\((\w+)\)", "max(updated_at)", node.value)
    name = string(node)
    inside = [one for one in tree.above(node) if isinstance(one, cst.Call)]
    if name and any("dbt.this" in tree.code(one) for one in inside[:3]):
        yield quoted("updated_at")
    statement = tree.statement(node)
    if (
        name
        and isinstance(statement, cst.Assign)
        and tree.code(statement.value).startswith("known.")
    ):
        yield quoted("updated_at")
