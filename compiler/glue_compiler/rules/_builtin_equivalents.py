"""Which expression of pyspark.sql.functions a Python expression over one value is, and where they differ."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from glue_compiler.text.python_ast import parse_expression

_NULL = "of NULL the UDF raises, and the function gives NULL"
_SPACES = "Python strips all white space, `trim` spaces only"

# Results over ASCII and Unicode text compared on Spark 3.5: upper, lower, length, reverse agree.
_METHODS = {
    "upper": ("upper", ()),
    "lower": ("lower", ()),
    "strip": ("trim", (_SPACES,)),
    "lstrip": ("ltrim", (_SPACES,)),
    "rstrip": ("rtrim", (_SPACES,)),
}
_SERIES = {"upper": "upper", "lower": "lower", "len": "length"}


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The built-in expression as text, and what tells it from the Python one."""

    text: str
    differs: tuple[str, ...] = ()


def equivalent_of(
    expression: str, parameter: str, *, vectorised: bool, spark: str = "3.5"
) -> Equivalent | None:
    """The built-in for a function's only expression; None where there is no certain one.

    `vectorised`: the parameter is a pandas series, else one value.
    """
    try:
        node = parse_expression(expression.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if vectorised:
        return _series(node, parameter)
    guarded = _without_guard(node, parameter)
    found = _built_in(node if guarded is None else guarded, parameter)
    if found is None or found[0] == "column":
        return None
    text, differs = found
    if "replace(" in text and spark < "3.5":
        return None
    if guarded is None:
        differs = (*differs, _NULL)
    return Equivalent(f"F.{text}", tuple(dict.fromkeys(differs)))


def _without_guard(node: ast.expr, parameter: str) -> ast.expr | None:
    """`e` of `e if x is not None else None` and of `None if x is None else e`."""
    if not isinstance(node, ast.IfExp) or not isinstance(node.test, ast.Compare):
        return None
    test = node.test
    if (
        not _is_name(test.left, parameter)
        or len(test.ops) != 1
        or not _is_none(test.comparators[0])
    ):
        return None
    if isinstance(test.ops[0], ast.IsNot) and _is_none(node.orelse):
        return node.body
    if isinstance(test.ops[0], ast.Is) and _is_none(node.body):
        return node.orelse
    return None


def _built_in(node: ast.expr, parameter: str) -> tuple[str, tuple[str, ...]] | None:
    if _is_name(node, parameter):
        return "column", ()
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    function = node.func
    if isinstance(function, ast.Name) and len(node.args) == 1:
        if function.id in ("len", "abs") and _is_name(node.args[0], parameter):
            return f"{'length' if function.id == 'len' else 'abs'}(column)", ()
        if function.id == "len":
            inner = _built_in(node.args[0], parameter)
            return None if inner is None else (f"length({_call(inner[0])})", inner[1])
        return None
    if not isinstance(function, ast.Attribute):
        return None
    inner = _built_in(function.value, parameter)
    if inner is None:
        return None
    below, differs = _call(inner[0]), inner[1]
    if function.attr in _METHODS and not node.args:
        name, more = _METHODS[function.attr]
        return f"{name}({below})", (*differs, *more)
    if function.attr == "replace" and _texts(node.args, 2):
        old, new = (ast.unparse(argument) for argument in node.args)
        if ast.literal_eval(old):
            return f"replace({below}, F.lit({old}), F.lit({new}))", differs
    return None


def _call(text: str) -> str:
    return text if text == "column" else f"F.{text}"


def _series(node: ast.expr, parameter: str) -> Equivalent | None:
    """`s.str.upper()`: pandas keeps None as None, like Spark."""
    if not isinstance(node, ast.Call) or node.args or node.keywords:
        return None
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _SERIES:
        return None
    accessor = function.value
    if not isinstance(accessor, ast.Attribute) or accessor.attr != "str":
        return None
    if not _is_name(accessor.value, parameter):
        return None
    return Equivalent(f"F.{_SERIES[function.attr]}(column)")


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _texts(nodes: list[ast.expr], count: int) -> bool:
    return len(nodes) == count and all(
        isinstance(node, ast.Constant) and isinstance(node.value, str) for node in nodes
    )
