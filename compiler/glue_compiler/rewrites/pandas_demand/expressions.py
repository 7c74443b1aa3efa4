"""The column names of a condition that `DataFrame.query` gets as a text."""

from __future__ import annotations

import ast

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
