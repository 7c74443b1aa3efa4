"""Names that modules do not have, and names that hide others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from tools.mutation.operators.registry import operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.mutation.tree import Tree

_OTHER_NAMES = {
    "countDistinct": "distinctCount",
    "date_format": "format_date",
    "date_sub": "sub_days",
    "date_add": "add_days",
    "to_date": "todate",
    "lower": "lowercase",
    "collect_set": "collectSet",
    "collect_list": "collectList",
    "lag": "previous",
    "concat": "concatenate",
    "weekofyear": "week_of_year",
    "array_join": "join_array",
    "explode_outer": "explodeOuter",
    "from_json": "parseJson",
    "row_number": "rowNumber",
    "coalesce": "coalesce_",
    "avg": "average",
    "max": "maximum",
    "when": "case_when",
    "lit": "literal",
    "broadcast": "broadcast_join",
    "substring": "substr_index",
    "unix_timestamp": "unix_time",
    "udf": "udf_",
    "merge": "join",
    "concat_ws": "join_ws",
    "to_datetime": "to_date",
    "where": "when",
    "strptime": "parse",
    "timedelta": "time_delta",
    "UUID": "Uuid",
    "StringType": "StrType",
    "IntegerType": "IntType",
    "DoubleType": "Double",
    "DateType": "Date",
}
"""What people call them who come from SQL, Scala, pandas."""
_OTHER_MODULES = {
    "from pyspark.sql import functions as F": (
        "from pyspark.sql import function as F",
        "from pyspark import functions as F",
        "from pyspark.sql import col, functions as F",
    ),
    "import pyspark.sql.functions as F": (
        "import pyspark.functions as F",
        "import pyspark.sql.function as F",
    ),
    "from pyspark.sql.functions import udf": (
        "from pyspark.sql import udf",
        "from pyspark.sql.udf import udf",
    ),
    "from functools import reduce": ("from itertools import reduce",),
    "from pyspark.sql.window import Window": ("from pyspark.sql.functions import Window",),
    "from pyspark.sql import Window": (
        "from pyspark.sql.windows import Window",
        "from pyspark import Window",
    ),
    "from pyspark.sql import Window, functions as F": (
        "from pyspark.sql import Windows as Window, functions as F",
    ),
    "import pyspark.pandas as ps": (
        "import pyspark.pandas_api as ps",
        "from pyspark import pandas_on_spark as ps",
    ),
    "from datetime import datetime, timedelta": (
        "from datetime import datetime, time_delta as timedelta",
    ),
}


@operator("modules")
def a_name_that_the_module_does_not_have(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if not (isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name)):
        return
    owner, name = node.value.value, node.attr.value
    if owner in ("F", "pd", "np", "ps", "datetime", "uuid") and name in _OTHER_NAMES:
        yield f"{owner}.{_OTHER_NAMES[name]}"


@operator("modules")
def an_import_of_a_name_that_is_elsewhere(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, (cst.ImportFrom, cst.Import)):
        yield from _OTHER_MODULES.get(tree.code(node), ())


@operator("modules")
def an_import_of_a_name_that_is_nowhere(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    if isinstance(node, cst.ImportAlias) and isinstance(tree.parent(node), cst.ImportFrom):
        name = tree.code(node.name)
        if name in _OTHER_NAMES:
            wrong = _OTHER_NAMES[name]
            code = re.sub(rf"\b{name}\b", wrong, tree.text)
            yield [(tree.module, code)]


@operator("modules")
def the_module_instead_of_its_class(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    code = tree.code(node) if isinstance(node, (cst.ImportFrom, cst.Import)) else ""
    if code.startswith("from datetime import datetime"):
        yield (
            code.replace("datetime, ", "") + "\nimport datetime"
            if "," in code
            else "import datetime"
        )
    if code == "import datetime":
        yield "from datetime import datetime"
    if code.startswith("from pyspark.sql import Window"):
        yield code.replace("Window", "window as Window", 1)


@operator("modules")
def numpy_that_is_gone(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if "import numpy as np" in tree.text and isinstance(node, cst.SimpleString):
        gone = {'"int64"': "np.int", '"float64"': "np.float", '"object"': "np.object"}
        if tree.code(node) in gone:
            yield gone[tree.code(node)]
    if isinstance(node, cst.Attribute) and tree.code(node) in ("np.nan", "np.bool_", "np.inf"):
        yield {"np.nan": "np.NaN_", "np.bool_": "np.bool", "np.inf": "np.infinite"}[tree.code(node)]


def _hides(tree: Tree) -> list[str]:
    """Names of functions that a model has imported and calls."""
    return [
        name for name in ("F", "col", "lit", "pd", "sum_") if re.search(rf"\b{name}[.(]", tree.text)
    ]


@operator("shadowing")
def a_loop_variable_hides_a_function(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.For) and isinstance(node.target, cst.Name):
        for name in _hides(tree):
            yield re.sub(rf"\b{node.target.value}\b", name, tree.source(node))
    if isinstance(node, (cst.ListComp, cst.GeneratorExp)) and isinstance(
        node.for_in.target, cst.Name
    ):
        for name in _hides(tree):
            yield re.sub(rf"\b{node.for_in.target.value}\b", name, tree.code(node))


@operator("shadowing")
def a_parameter_hides_a_function(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.FunctionDef) and node.name.value != "model" and node.params.params:
        parameter = node.params.params[-1].name.value
        for name in _hides(tree):
            if parameter != "self":
                yield re.sub(rf"\b{parameter}\b", name, tree.source(node))


@operator("shadowing")
def a_variable_hides_a_module(node: cst.CSTNode, tree: Tree) -> Iterator[str]:
    if isinstance(node, cst.FunctionDef) and node.name.value == "model":
        code = tree.source(node)
        for found in dict.fromkeys(re.findall(r"^    (\w+) = ", code, flags=re.MULTILINE)):
            for name in [*_hides(tree), "session", "dbt"]:
                yield re.sub(rf"\b(?<![\"']){found}\b(?![\"'=])", name, code)


@operator("shadowing")
def everything_imported_from_functions(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    code = tree.code(node) if isinstance(node, (cst.Import, cst.ImportFrom)) else ""
    if code.endswith("functions as F") and "," not in code:
        text = tree.text.replace(code, "from pyspark.sql.functions import *", 1)
        yield [(tree.module, re.sub(r"\bF\.", "", text))]
        yield [(node, f"{code}\nfrom pyspark.sql.functions import *")]


@operator("shadowing")
def a_function_imported_over_a_builtin(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    code = tree.code(node) if isinstance(node, (cst.Import, cst.ImportFrom)) else ""
    for name in ("sum", "max", "min", "round", "abs"):
        if re.search(rf"(?<![.\w]){name}\(", tree.text) and "pyspark.sql" in code:
            yield [(node, f"{code}\nfrom pyspark.sql.functions import {name}")]


@operator("shadowing")
def a_variable_hides_a_builtin(
    node: cst.CSTNode, tree: Tree
) -> Iterator[list[tuple[cst.CSTNode, str]]]:
    if isinstance(node, cst.FunctionDef) and node.name.value == "model":
        for name in ("max", "min", "round", "len", "sum", "str", "list"):
            code = tree.source(node)
            if re.search(rf"(?<![.\w]){name}\(", code):
                first = re.search(r"^    (\w+) = ", code, flags=re.MULTILINE)
                if first:
                    yield [(node, re.sub(rf"\b(?<![\"']){first[1]}\b(?![\"'=])", name, code))]
