"""Constants of the text, kept as the Python literals that denote them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

# Rules ask for the same few values again and again, and evaluating a literal compiles it.
_SIMPLE_VALUES: dict[str, Any] = {}
_MAX_SIMPLE_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the Python literal that denotes it."""

    text: str

    @property
    def value(self) -> Any:
        """The value itself; a new object each time when it is mutable."""
        text = self.text
        if text in _SIMPLE_VALUES:
            return _SIMPLE_VALUES[text]
        value = ast.literal_eval(text)
        if len(_SIMPLE_VALUES) < _MAX_SIMPLE_VALUES and isinstance(value, (str, int, type(None))):
            _SIMPLE_VALUES[text] = value
        return value

    @staticmethod
    def of(value: object) -> Constant:
        """The constant of a value that `ast.literal_eval` could have produced."""
        return Constant(_literal_text(value))


def _literal_text(value: object) -> str:
    """`repr`, but for the two values whose repr is a name: infinity and the ellipsis."""
    text = repr(value)
    if "inf" not in text and "Ellipsis" not in text:
        return text
    if value is ...:
        return "..."
    if isinstance(value, (float, complex)):
        return text.replace("inf", "1e999")
    if isinstance(value, dict):
        pairs = (f"{_literal_text(key)}: {_literal_text(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple, set)) and value:
        inner = ", ".join(_literal_text(item) for item in value)
        if isinstance(value, tuple):
            return f"({inner},)"
        return f"[{inner}]" if isinstance(value, list) else f"{{{inner}}}"
    return text
