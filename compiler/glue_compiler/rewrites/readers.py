"""Whether a text of the file could be code that reads one of the model's variables by its name.

Only two things read another function's variables: Python's own means (`eval`, `locals`, `inspect`, frames), and
libraries that look at the frame of their caller: SQL over pandas (duckdb, pandasql), expressions (`query`,
`pd.eval`, numexpr), formulas (patsy). Where a file has neither, no text matters. Where it has, texts that
certainly do not reach it do not matter either: names that dbt gets, messages that are printed or logged,
docstrings, keys in brackets.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from glue_compiler.rewrites.model import once_a_model

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_LOOKS = {"inspect", "importlib", "code", "codeop", "pdb", "bdb", "trace", "runpy", "timeit", "doctest", "builtins"}  # fmt: skip
_BLIND = {
    *("pyspark", "pandas", "numpy", "pyarrow", "dateutil", "pytz", "requests", "boto3", "botocore", "yaml"),
    *("scipy", "sklearn", "delta"),
}  # fmt: skip
"""Modules besides the standard library that read no variables of their callers, but by the calls of _READERS."""
_READERS = {
    *("sql", "query", "eval", "evaluate", "execute", "exec", "compile", "sqldf", "from_query", "from_formula"),
    *("_getframe", "currentframe", "stack", "getattr", "__import__", "import_module", "formula"),
}  # fmt: skip
_LOGS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log"}
_DBT = {"ref", "source", "get", "meta_get"}


def may_be_read(model: Model, name: str) -> bool:
    """Whether a text that could be code has the name as a word."""
    return name in words_of_code(model)


@once_a_model
def words_of_code(model: Model) -> frozenset[str]:
    """The words of all texts of the file that could reach code which reads variables by name."""
    if not _has_readers(model):
        return frozenset()
    found: set[str] = set()
    for node in model.parents:
        text = node.value if isinstance(node, ast.Constant) else None
        if (
            isinstance(node, ast.Constant)
            and isinstance(text, str)
            and not _is_harmless(model, node)
        ):
            found.update(re.findall(r"\w+", text))
    return frozenset(found)


@cache
def _known() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) - _LOOKS | _BLIND


def _has_readers(model: Model) -> bool:
    for found in model.facts.imports:
        if found.level or found.top not in _known() or found.name == "*":
            return True
        if found.name in _READERS or found.name in ("sys",):
            return True
    for node in model.parents:
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if isinstance(node, (ast.Attribute, ast.Name)) and name in _READERS:
            return True
    return False


def _is_harmless(model: Model, node: ast.Constant) -> bool:
    """Whether a text certainly is no code: a docstring, a key, a name for dbt, a message."""
    whole: ast.AST = node
    parent = model.parents[whole]
    if isinstance(parent, ast.JoinedStr):
        whole, parent = parent, model.parents[parent]
    if isinstance(parent, ast.Expr):
        return True
    if isinstance(parent, ast.Subscript) and parent.slice is whole:
        return True
    if not isinstance(parent, ast.Call) or whole not in parent.args:
        return False
    return _is_of_dbt(parent, whole) or _is_message(model, parent)


def _is_of_dbt(call: ast.Call, text: ast.AST) -> bool:
    """Whether a text is a name that dbt gets. The default of a config comes back, and may be code."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _DBT:
        return False
    if func.attr not in ("ref", "source") and call.args[0] is not text:
        return False
    base = func.value
    while isinstance(base, ast.Attribute):
        base = base.value
    return isinstance(base, ast.Name) and base.id == "dbt"


def _is_message(model: Model, call: ast.Call) -> bool:
    """Whether a call only prints or logs, and gives nothing that could be used."""
    func = call.func
    if isinstance(func, ast.Name):
        own = any(
            isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name == "print"
            for n in model.parents
        )
        return func.id == "print" and not own and func.id not in model.stored
    if not isinstance(func, ast.Attribute) or func.attr not in _LOGS:
        return False
    base = func.value
    if not isinstance(base, ast.Name):
        return False
    if base.id == "logging":
        return True
    made = rf"^\s*{re.escape(base.id)}\s*=\s*logging\.getLogger\("
    return re.search(made, model.code, re.MULTILINE) is not None
