"""Arguments that a method does not take: too many, too few, of another kind, under another name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import (
    arguments,
    called,
    function,
    keyword,
    method,
    near,
    positional,
    quoted,
    string,
    with_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree

_OTHER_KEYWORDS = {
    "on": ("left_on", "by", "key"),
    "how": ("type", "join_type"),
    "subset": ("columns", "cols"),
    "ascending": ("asc", "descending"),
    "axis": ("axes",),
    "columns": ("column", "cols"),
    "index": ("idx",),
    "as_index": ("asIndex",),
    "ignore_index": ("ignoreIndex",),
    "returnType": ("return_type",),
}
"""The keywords of another library, and what fingers make of the right one."""
_TYPES = ("StringType", "IntegerType", "DoubleType", "DateType", "LongType")
_NO_ARGUMENTS = (
    "distinct",
    "isNull",
    "isNotNull",
    "desc",
    "asc",
    "toPandas",
    "pandas_api",
    "to_spark",
)


def _method_call(node: cst.CSTNode, *names: str) -> cst.Call | None:
    return node if isinstance(node, cst.Call) and method(node, *names) else None


@operator("arguments")
def a_literal_in_withColumn(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "withColumn")
    if call and len(call.args) == 2:
        for value in ("1", '"none"', "None"):
            yield with_arguments(call, tree, [arguments(call, tree)[0], value])


@operator("arguments")
def the_last_argument_is_missing(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    names = ("withColumn", "withColumnRenamed", "between", "rename", "to_datetime", "date_format")
    more = (
        "date_sub",
        "date_add",
        "cast",
        "isin",
        "alias",
        "over",
        "when",
        "otherwise",
        "split",
        "substring",
    )
    call = node if isinstance(node, cst.Call) and called(node) in names + more else None
    if call and call.args:
        yield with_arguments(call, tree, arguments(call, tree)[:-1])


@operator("arguments")
def one_argument_too_many(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, *_NO_ARGUMENTS)
    if call and not call.args and not method(call, "desc", "asc"):
        yield with_arguments(call, tree, ['"customer_id"'])
    call = _method_call(node, "filter", "where", "limit", "withColumn", "union", "unionByName")
    if call and all(one.keyword is None for one in call.args):
        yield with_arguments(call, tree, [*arguments(call, tree), 'F.col("status")'])


@operator("arguments")
def name_and_value_are_swapped(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "withColumn", "join", "merge")
    if call and len(call.args) >= 2 and not call.args[0].keyword and not call.args[1].keyword:
        first, second, *rest = arguments(call, tree)
        yield with_arguments(call, tree, [second, first, *rest])


@operator("arguments")
def a_list_where_names_are(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "drop", "withColumnRenamed", "alias", "coalesce", "concat")
    if call and call.args and all(string(one) is not None for one in positional(call)):
        yield with_arguments(call, tree, [f"[{', '.join(arguments(call, tree))}]"])
    if function(node, "coalesce", "greatest", "concat", "concat_ws") and isinstance(node, cst.Call):
        yield with_arguments(node, tree, [f"[{', '.join(arguments(node, tree))}]"])


@operator("arguments")
def a_name_where_a_list_is(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(
        node, "dropDuplicates", "dropna", "fill", "fillna", "drop_duplicates", "isin", "pivot"
    )
    for one in call.args if call else ():
        if isinstance(one.value, cst.List) and len(one.value.elements) == 1:
            code = tree.code(one.value.elements[0].value)
            yield tree.code(node).replace(tree.code(one.value), code, 1)


@operator("arguments")
def a_value_without_lit(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "lit") and isinstance(node, cst.Call):
        yield arguments(node, tree)[0]


@operator("arguments")
def a_value_where_a_function_wants_a_column(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Call) and function(
        node,
        "sum",
        "count",
        "round",
        "lower",
        "size",
        "to_date",
        "coalesce",
        "max",
        "year",
        "explode_outer",
    ):
        for value in ("1", '["amount", "quantity"]'):
            yield with_arguments(node, tree, [value, *arguments(node, tree)[1:]])


@operator("arguments")
def a_misspelt_join(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "join", "merge")
    for one in call.args if call else ():
        text = string(one.value)
        if text in ("left", "inner", "left_anti", "outer"):
            for wrong in (near(text), f"{text} join", "full outer"):
                start = tree.code(node).rindex(tree.code(one.value))
                end = start + len(tree.code(one.value))
                yield tree.code(node)[:start] + quoted(wrong) + tree.code(node)[end:]


@operator("arguments")
def a_keyword_of_another_library(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Arg) and node.keyword and node.keyword.value in _OTHER_KEYWORDS:
        for name in _OTHER_KEYWORDS[node.keyword.value]:
            yield tree.code(node).replace(node.keyword.value, name, 1)


@operator("arguments")
def a_misspelt_keyword(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    above = tree.parent(node)
    if isinstance(node, cst.Arg) and node.keyword and above is not None:
        own = called(above) not in ("agg", "dict") and not tree.code(above).startswith("dbt.")
        name = node.keyword.value
        if own:
            yield tree.code(node).replace(name, near(name), 1)


@operator("arguments")
def pandas_keywords_on_spark(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if tree.is_pandas:
        return
    call = _method_call(node, "drop")
    if call and call.args and all(string(one) is not None for one in positional(call)):
        yield with_arguments(call, tree, [f"columns=[{', '.join(arguments(call, tree))}]"])
    call = _method_call(node, "join")
    if call and len(call.args) >= 2:
        name = string(positional(call)[1]) if len(positional(call)) > 1 else None
        if name:
            given = arguments(call, tree)
            yield with_arguments(call, tree, [given[0], f'left_on="{name}"', f'right_on="{name}"'])
    call = _method_call(node, "groupBy")
    if call:
        yield with_arguments(call, tree, [*arguments(call, tree), "as_index=False"])
    call = _method_call(node, "orderBy", "select", "distinct")
    if call and method(call) and "Window" not in tree.code(call):
        yield with_arguments(call, tree, [*arguments(call, tree), "inplace=True"])


@operator("arguments")
def spark_keywords_on_pandas(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if not tree.is_pandas:
        return
    call = _method_call(node, "fillna", "dropna")
    if call and call.args and not keyword(call, "cols"):
        yield with_arguments(call, tree, [*arguments(call, tree), 'cols=["amount"]'])
    call = _method_call(node, "sort_values")
    if call and call.args:
        yield with_arguments(call, tree, [arguments(call, tree)[0], "desc=True"])
    call = _method_call(node, "astype")
    if call and call.args:
        yield with_arguments(call, tree, [f"dataType={arguments(call, tree)[0]}"])


@operator("arguments")
def positional_arguments_of_older_pandas(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(
        node, "sort_values", "reset_index", "dropna", "drop_duplicates", "rename", "groupby"
    )
    if call and tree.is_pandas and call.args and call.args[-1].keyword:
        given = arguments(call, tree)
        shortened = given[-1].split("=", 1)[1]
        yield with_arguments(
            call, tree, [*(one.split("=", 1)[-1] for one in given[:-1]), shortened]
        )
    if call and tree.is_pandas and method(call, "sort_values"):
        yield with_arguments(call, tree, [arguments(call, tree)[0], "0", "False"])


@operator("arguments")
def a_class_instead_of_an_instance(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Call) and called(node) in _TYPES and not node.args:
        yield tree.code(node.func)


@operator("arguments")
def a_string_instead_of_a_number(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Integer) and isinstance(tree.parent(node), cst.Arg):
        yield quoted(tree.code(node))


@operator("arguments")
def names_instead_of_aggregates(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "agg")
    if call and not tree.is_pandas and call.args:
        name = re.search(r'"(\w+)"', tree.code(call.args[0].value))
        if name:
            yield with_arguments(call, tree, [f'"{name[1]}"'])
            yield with_arguments(call, tree, [f'total="{name[1]}"'])


@operator("arguments")
def a_dictionary_where_two_names_are(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = _method_call(node, "withColumnRenamed", "withColumn")
    if call and len(call.args) == 2:
        first, second = arguments(call, tree)
        yield with_arguments(call, tree, [f"{{{first}: {second}}}"])
