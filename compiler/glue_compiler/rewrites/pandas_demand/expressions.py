"""Arguments of methods that are no plain names of columns: conditions as text, aggregations, values of `assign`."""

from __future__ import annotations

import ast

from glue_compiler.rewrites.pandas_demand.uses import Unknown

_DATA = (ast.BinOp, ast.Constant, ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.List, ast.ListComp)
_LIBRARIES = {"np", "numpy", "pd", "pandas"}
_PARTS = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Invert, ast.USub, ast.Compare,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.BinOp, ast.BitAnd, ast.BitOr,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip


def query_names(text: str) -> set[str] | None:
    """The names in a condition of comparisons; None where it has more: `@variables`, backticks, calls, attributes."""
    if "@" in text or "`" in text or "\n" in text:
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return None
    nodes = list(ast.walk(tree))
    if not all(isinstance(node, _PARTS) for node in nodes):
        return None
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def grouper_key(node: ast.expr | None) -> ast.expr | None:
    """The column of `pd.Grouper(key="column", ...)`."""
    if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "Grouper" or node.args:
        return None
    return next((k.value for k in node.keywords if k.arg == "key"), None)


def named_column(keyword: ast.keyword) -> ast.expr:
    """The column of `name=("column", function)` or `name=pd.NamedAgg("column", function)`."""
    value = keyword.value
    if isinstance(value, ast.Tuple) and len(value.elts) == 2:
        return value.elts[0]
    if isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "NamedAgg":
        named = [k.value for k in value.keywords if k.arg == "column"] or value.args[:1]
        if named:
            return named[0]
    raise Unknown("computed_name", "agg")


def is_data(node: ast.expr) -> bool:
    """Whether a value is certainly none that can be called."""
    if isinstance(node, _DATA):
        return True
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        while isinstance(base, (ast.Attribute, ast.Call)):
            base = base.func if isinstance(base, ast.Call) else base.value
        if isinstance(base, ast.Name):
            return base.id in _LIBRARIES and node.func.attr not in ("vectorize", "frompyfunc")
        return isinstance(base, ast.Subscript)
    return False
