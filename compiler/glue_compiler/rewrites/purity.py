"""Whether the Python functions of a file do nothing but make values of their arguments, as far as their text proves it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_ROWS_AT_ONCE = re.compile(
    r"mapIn|applyIn|\.rdd\b|foreach|register|\.transform\(|accumulator|udtf", re.IGNORECASE
)
_BUILTINS = frozenset(
    """
    abs all any bool bytes chr dict divmod enumerate float format frozenset int isinstance len list map
    max min ord pow range repr reversed round set sorted str sum tuple zip filter ValueError TypeError
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_MODULES = frozenset({"math", "re", "hashlib", "json", "string", "decimal", "unicodedata"})
_METHODS = frozenset(
    """
    lower upper strip lstrip rstrip title capitalize casefold replace split rsplit splitlines join startswith
    endswith find rfind index count format zfill isdigit isalpha isalnum isnumeric isspace removeprefix
    removesuffix encode decode hexdigest digest get items keys values group groups is_integer bit_length
    partition rpartition swapcase center ljust rjust date year month day isoformat weekday
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_EFFECTS = (
    ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.With, ast.AsyncWith, ast.Yield,
    ast.YieldFrom, ast.Await, ast.Delete, ast.ClassDef, ast.AsyncFunctionDef, ast.NamedExpr,
)  # fmt: skip


def pure_functions(model: Model) -> bool:
    """Whether no function of the file but the model's has an effect, and none can be hidden in another module."""
    if _ROWS_AT_ONCE.search(model.code):
        return False
    functions = [
        node
        for node in model.parents
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.AsyncFunctionDef))
        and node is not model.function
    ]
    own = {node.name for node in functions if isinstance(node, ast.FunctionDef)}
    if any(isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef)) for node in functions):
        return False
    bound = {b.name for b in model.facts.bindings} | set(model.stored)
    builtins = _BUILTINS - bound
    modules = {
        found.module
        for found in model.facts.imports
        if found.name is None and found.bound == found.module and found.module in _MODULES
    }
    modules |= model.spark_functions[0]
    names = frozenset(builtins | own | set(model.spark_functions[1]))
    return all(_pure(node, names, modules) for node in functions)


def _pure(function: ast.AST, names: frozenset[str], modules: set[str]) -> bool:
    parts: list[ast.AST] = []
    if isinstance(function, ast.FunctionDef):
        parts += function.body
    elif isinstance(function, ast.Lambda):
        parts.append(function.body)
    for node in (found for part in parts for found in ast.walk(part)):
        if isinstance(node, _EFFECTS):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return False
        if isinstance(node, ast.Call) and not _known(node.func, names, modules):
            return False
    return True


def _known(func: ast.expr, names: frozenset[str], modules: set[str]) -> bool:
    if isinstance(func, ast.Name):
        return func.id in names
    if not isinstance(func, ast.Attribute):
        return False
    if isinstance(func.value, ast.Name) and func.value.id in modules:
        return True
    return func.attr in _METHODS
