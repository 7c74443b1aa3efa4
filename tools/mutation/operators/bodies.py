"""What is wrong inside of UDFs; Columns of other frames; and what fails silently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator
from tools.mutation.tree import (
    call_of,
    called,
    function,
    keyword,
    near,
    quoted,
    string,
    with_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Change, Tree


def _udf_body(node: cst.CSTNode, tree: Tree) -> bool:
    for above in tree.above(node):
        if isinstance(above, cst.FunctionDef):
            return any("udf" in tree.code(one) for one in above.decorators)
        if isinstance(above, cst.Lambda):
            call = tree.parent(tree.parent(above) or above)
            return call is not None and called(call) in ("udf", "pandas_udf")
    return False


@operator("udfs")
def functions_of_spark_inside(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Return) and node.value is not None and _udf_body(node, tree):
        function_ = next(one for one in tree.above(node) if isinstance(one, cst.FunctionDef))
        name = function_.params.params[0].name.value
        yield f"return F.upper({name})"
        yield f"return F.lit({tree.code(node.value)})"
    if (
        isinstance(node, cst.Lambda)
        and called(tree.parent(tree.parent(node) or node) or node) == "udf"
    ):
        name = node.params.params[0].name.value
        yield f"lambda {name}: F.lower({name})"


@operator("udfs")
def the_session_inside(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Return) and node.value is not None and _udf_body(node, tree):
        yield "return spark.range(3).count()"
    if (
        isinstance(node, cst.Lambda)
        and called(tree.parent(tree.parent(node) or node) or node) == "udf"
    ):
        name = node.params.params[0].name.value
        inside = any(isinstance(one, cst.FunctionDef) for one in tree.above(node))
        yield f"lambda {name}: {'session' if inside else 'spark'}.sql('select 1').first()[0]"


@operator("udfs")
def a_frame_inside(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if (
        isinstance(node, cst.Lambda)
        and called(tree.parent(tree.parent(node) or node) or node) == "udf"
    ):
        name = node.params.params[0].name.value
        if any(isinstance(one, cst.FunctionDef) for one in tree.above(node)):
            for frame in tree.frames:
                yield f"lambda {name}: {frame}.count()"
                yield f"lambda {name}: {frame}.filter({frame}.name == {name}).first()[0]"


@operator("udfs")
def the_loop_variable_bound_late(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Lambda) and len(node.params.params) == 2:
        first, second = node.params.params
        if second.default is not None and tree.code(second.default) == second.name.value:
            yield f"lambda {first.name.value}: {tree.code(node.body)}"


@operator("udfs")
def another_type_than_it_returns(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    call = next((one for one in tree.above(node) if isinstance(one, cst.Call)), None)
    if call is None or called(call) not in ("udf", "pandas_udf"):
        return
    swapped = {
        "StringType": "IntegerType()",
        "IntegerType": "StringType()",
        "DoubleType": "StringType()",
    }
    if isinstance(node, cst.Call) and called(node) in swapped:
        yield swapped[called(node)]
    texts = {"string": "int", "int": "string", "double": "string"}
    if string(node) in texts:
        yield quoted(texts[string(node) or ""])


@operator("udfs")
def called_with_what_is_no_column(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    made = re.findall(r"@(?:F\.)?(?:pandas_)?udf.*\ndef (\w+)", tree.text)
    made += re.findall(r"(\w+) = (?:F\.)?udf\(", tree.text)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in made:
        for value in ("5", "None", *tree.frames):
            yield with_arguments(node, tree, [value])


@operator("frames")
def a_column_of_another_frame(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "col") and isinstance(node, cst.Call) and node.args and not tree.is_pandas:
        name = string(node.args[0].value)
        statement = tree.statement(node)
        code = tree.code(statement) if statement is not None else ""
        for frame, table in tree.frames.items():
            if name in tree.tables[table].columns and not re.search(rf"\b{frame}\b", code):
                yield f"{frame}.{name}"
                yield f'{frame}["{name}"]'


@operator("frames", silent=False)
def an_added_column_of_another_frame(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Return) and isinstance(node.value, cst.Name) and not tree.is_pandas:
        for frame, table in tree.frames.items():
            if frame != node.value.value:
                for column in list(tree.tables[table].columns)[1:3]:
                    yield f'return {node.value.value}.withColumn("other", {frame}.{column})'


@operator("frames", silent=False)
def a_column_that_groupBy_lost(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "agg")
    if found and "groupBy(" in found[1]:
        code = tree.code(node)
        for column in sorted(tree.columns):
            if f'"{column}"' not in code:
                yield f'{code}.withColumn("again", F.col("{column}"))'
                yield f'{code}.filter(F.col("{column}").isNotNull())'


@operator("frames", silent=False)
def a_key_is_missing_in_groupBy(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "groupBy", "select")
    if found and len(found[2]) > 1:
        for index in range(len(found[2])):
            left = [*found[2][:index], *found[2][index + 1 :]]
            yield with_arguments(found[0], tree, left)


@operator("frames", silent=False)
def a_column_by_its_old_name(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "withColumnRenamed", "alias")
    if found and found[2] and found[2][-1].startswith('"'):
        name = quoted(string(found[0].args[-1].value) or "")
        yield with_arguments(found[0], tree, [*found[2][:-1], f"{name[:-1]}_new" + '"'])


@operator("silent")
def a_comparison_with_None(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "isNull", "isNotNull", "isna", "notna")
    if found:
        sign = "==" if called(found[0]) in ("isNull", "isna") else "!="
        yield f"({found[1]} {sign} None)"


@operator("silent")
def a_rename_or_drop_of_nothing(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "withColumnRenamed", "drop")
    if found and found[2] and string(found[0].args[0].value):
        name = string(found[0].args[0].value) or ""
        yield with_arguments(found[0], tree, [quoted(near(name)), *found[2][1:]])
    if isinstance(node, cst.Dict) and called(tree.parent(tree.parent(node) or node) or node) in (
        "rename",
        "fillna",
    ):
        for one in node.elements:
            if isinstance(one, cst.DictElement) and string(one.key):
                name = string(one.key) or ""
                yield tree.code(node).replace(quoted(name), quoted(near(name)), 1)


@operator("silent")
def the_result_of_a_step_is_not_used(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.Assign) and isinstance(node.targets[0].target, cst.Name):
        found = call_of(node.value, tree)
        if found and re.match(rf"{node.targets[0].target.value}\b", found[1]):
            yield tree.code(node.value)


@operator("silent")
def one_value_for_all_rows(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "expr") and "uuid()" in tree.code(node):
        yield "F.lit(str(uuid.uuid4()))"
    if function(node, "rand") and isinstance(node, cst.Call):
        yield "F.lit(random.random())"


@operator("silent")
def the_index_is_lost(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "reset_index")
    if found and tree.is_pandas and not found[2]:
        yield found[1]
    if isinstance(node, cst.Arg) and node.keyword and node.keyword.value == "as_index":
        yield "as_index=True"


@operator("silent")
def a_fill_of_another_type(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "fill", "fillna")
    if found and found[0].args and not tree.is_pandas:
        first = found[0].args[0].value
        if not isinstance(first, cst.Dict):
            other = "0" if string(first) is not None else '"0"'
            yield with_arguments(found[0], tree, [other, *found[2][1:]])
        else:
            yield re.sub(r": ([\d.]+)", r': "\1"', tree.code(node))
    subset = keyword(found[0], "subset") if found else None
    if found and subset is not None and isinstance(subset.value, cst.List):
        for one in subset.value.elements:
            name = string(one.value)
            if name:
                yield tree.code(node).replace(quoted(name), quoted(near(name)), 1)


@operator("silent")
def a_union_by_position(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    found = call_of(node, tree, "unionByName")
    if found:
        yield f"{found[1]}.union({', '.join(found[2][:1])})"


@operator("silent")
def the_time_of_the_driver(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if function(node, "current_timestamp", "current_date"):
        yield "F.lit(datetime.datetime.now())"


@operator("silent")
def equal_instead_of_compared(node: cst.CSTNode, tree: Tree) -> Iterator[Change]:
    """Python's `is` where a Column's comparison is meant."""
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        target = node.comparisons[0]
        if isinstance(target.operator, cst.Equal) and "F.col" in tree.code(node.left):
            code = f"{tree.code(node.left)} is {tree.code(target.comparator)}"
            yield f"({code})" if node.lpar else code
