"""The wrong thing passed on: pandas for Spark, None or something else for a frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import (
    call_of,
    called,
    method,
    quoted,
    string,
    with_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree


@operator("mixed")
def a_conversion_is_missing(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "toPandas", "pandas_api", "to_spark")
    if found:
        yield found[1]


@operator("mixed")
def a_conversion_too_many(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "join", "union", "unionByName", "merge")
    if found and found[0].args and not tree.is_pandas:
        call, _, given = found
        yield with_arguments(call, tree, [f"{given[0]}.toPandas()", *given[1:]])
    if found and tree.is_pandas and ".toPandas()" not in tree.text:
        call, _, given = found
        yield with_arguments(call, tree, [f"{given[0]}.to_spark()", *given[1:]])


@operator("mixed")
def one_conversion_for_another(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "toPandas", "pandas_api")
    if found:
        name = called(found[0])
        yield f"{found[1]}.{'pandas_api' if name == 'toPandas' else 'toPandas'}()"


@operator("mixed")
def methods_of_spark_on_pandas(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if not tree.is_pandas:
        return
    found = call_of(
        node, tree, "sort_values", "merge", "drop_duplicates", "groupby", "fillna", "head"
    )
    other = {
        "sort_values": "orderBy",
        "drop_duplicates": "dropDuplicates",
        "groupby": "groupBy",
        "head": "limit",
    }
    if found:
        call, owner, given = found
        if called(call) in other:
            first = given[:1]
            yield f"{owner}.{other[called(call)]}({', '.join(first)})"
        elif called(call) == "fillna":
            yield f"{owner}.na.fill({', '.join(given)})"
    if isinstance(node, cst.Assign) and isinstance(node.targets[0].target, cst.Subscript):
        target = node.targets[0].target
        owner, name = tree.code(target.value), tree.code(target.slice[0].slice)
        yield f"{owner} = {owner}.withColumn({name}, {tree.code(node.value)})"


@operator("mixed")
def methods_of_pandas_on_spark(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if tree.is_pandas:
        return
    found = call_of(
        node,
        tree,
        "orderBy",
        "groupBy",
        "isNull",
        "withColumnRenamed",
        "withColumn",
        "join",
        "drop",
        "dropDuplicates",
    )
    if not found:
        return
    call, owner, given = found
    name = called(call)
    if "Window" in owner:
        return
    if name == "orderBy":
        yield f"{owner}.sort_values({', '.join(given)})"
    elif name == "isNull":
        yield f"{owner}.isna()"
    elif name == "withColumnRenamed" and len(given) == 2:
        yield f"{owner}.rename(columns={{{given[0]}: {given[1]}}})"
    elif name == "withColumn" and len(given) == 2 and string(call.args[0].value):
        yield f"{owner}.assign({string(call.args[0].value)}={given[1]})"
    elif name == "join":
        yield f"{owner}.merge({', '.join(given)})"


@operator("mixed")
def an_assignment_to_a_column_of_spark(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Assign) and not tree.is_pandas:
        found = call_of(node.value, tree, "withColumn")
        target = tree.code(node.targets[0].target)
        if found and len(found[2]) == 2 and found[1] == target:
            yield f"{target}[{found[2][0]}] = {found[2][1]}"


@operator("mixed")
def pythons_functions_on_a_frame(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "count")
    if found and not found[2] and not tree.is_pandas:
        yield f"len({found[1]})"
        yield f"{found[1]}.shape[0]"
    if isinstance(node, cst.Return) and not tree.is_pandas and isinstance(node.value, cst.Name):
        name = node.value.value
        yield f"print(len({name}))\n    return {name}"
        yield f"print({name}.columns.tolist())\n    return {name}"
        yield f"print({name}.iloc[0])\n    return {name}"


@operator("mixed")
def a_frame_where_a_list_is(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "isin", "between")
    if found:
        for frame, table in tree.frames.items():
            if found[2]:
                column = next(iter(tree.tables[table].columns))
                yield with_arguments(found[0], tree, [frame])
                yield with_arguments(found[0], tree, [f"{frame}.select({quoted(column)})"])


@operator("mixed")
def a_frame_among_pandas_functions(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if ".toPandas()" in tree.text and isinstance(node, cst.Name):
        call = tree.parent(tree.parent(node) or node)
        arg = tree.parent(node)
        if isinstance(arg, cst.Arg) and call is not None and called(call) in ("merge", "concat"):
            yield f"session.createDataFrame({node.value})"


_NOTHING = (
    "show()",
    "printSchema()",
    'createOrReplaceTempView("v")',
    'write.mode("overwrite").format("noop").save()',
)


@operator("none")
def what_only_shows_is_assigned(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Assign) and method(node.value) and not tree.is_pandas:
        named = isinstance(node.targets[0].target, cst.Name)
        yield from (f"{tree.code(node)}.{one}" for one in _NOTHING if named)


@operator("none")
def in_place_and_assigned(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(
        node, tree, "sort_values", "drop_duplicates", "rename", "reset_index", "dropna", "fillna"
    )
    if found and tree.is_pandas:
        yield with_arguments(found[0], tree, [*found[2], "inplace=True"])


@operator("none")
def a_return_is_missing(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Return) and node.value is not None:
        yield tree.code(node.value)


@operator("none")
def a_grouping_is_passed_on(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "agg", "count", "sum", "min", "max")
    if found and re.search(r"\.group[bB]y\([^()]*\)(\[\"\w+\"\])?$", found[1]):
        yield found[1]


@operator("none")
def something_else_is_returned(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Return) and node.value is not None:
        inside = next((one for one in tree.above(node) if isinstance(one, cst.FunctionDef)), None)
        code = tree.code(node.value)
        if inside is None or inside.name.value != "model":
            return
        if isinstance(node.value, (cst.Name, cst.Call)):
            yield f"return {code}, 1"
            if tree.is_pandas:
                yield f"return {code}.to_dict()"
                yield f"return {code}.iloc[:, 0]"
            else:
                yield f"return {code}.collect()"
                yield f"return {code}.count()"
                yield f"return {code}.write"
                yield f'return {code}.write.saveAsTable("result")'


@operator("none")
def a_call_without_parentheses(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree)
    if (
        found
        and not found[2]
        and isinstance(tree.parent(node), (cst.Assign, cst.Return, cst.Attribute, cst.Arg))
    ):
        yield tree.code(found[0].func)


@operator("none")
def a_series_is_passed_on(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "reset_index", "to_frame")
    if found and tree.is_pandas and '"]' in found[1]:
        yield found[1]


@operator("none")
def the_result_of_an_action_goes_on(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if (
        (
            isinstance(node, cst.Assign)
            and isinstance(node.targets[0].target, cst.Name)
            and not tree.is_pandas
        )
        and method(node.value)
        and _is_frame_step(node.value)
    ):
        for one in ("collect()", "count()", "first()", "take(10)", "columns"):
            yield f"{tree.code(node)}.{one}"


def _is_frame_step(node: cst.CSTNode) -> bool:
    return called(node) in (
        "select",
        "filter",
        "where",
        "withColumn",
        "join",
        "distinct",
        "agg",
        "drop",
    )
