"""What people do wrong, a module for some classes each."""

from __future__ import annotations

from tools.mutation.operators import bodies, calls, expressions, flows, names, results, texts, types
from tools.mutation.operators.registry import CLASSES, OPERATORS

__all__ = [
    "CLASSES",
    "OPERATORS",
    "bodies",
    "calls",
    "expressions",
    "flows",
    "names",
    "results",
    "texts",
    "types",
]
