"""What actions on some lines of a model cost: a clock is put around them in its tree, so that text and tracebacks stay."""

from __future__ import annotations

import ast
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_ACTIONS = re.compile(
    r"count|collect|first|head|take|tail|show|isEmpty|to(?:Pandas|Arrow)|foreach\w*|save\w*|insertInto|parquet"
    r"|__dbt_glue_(?:some|aggregated|to_pandas|rows_of)__"
)
_NOW, _SPENT = "__dbt_glue_now__", "__dbt_glue_spent__"


class Clocks:
    """The clocks of one run. `spent` has [calls, seconds] of each line, in the order of their first calls.

    `df.count()` becomes `spent(7, now(), df.count())`, which gives what the action gave: no frame of the stack is
    added while it runs, and of an action that fails nothing is noted.
    """

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = set(lines)
        self.spent: dict[int, list[Any]] = {}
        self.calls = {_NOW: time.monotonic, _SPENT: self._spent}

    def _spent(self, line: int, started: float, value: Any) -> Any:
        calls, seconds = self.spent.get(line, (0, 0.0))
        self.spent[line] = [calls + 1, seconds + time.monotonic() - started]
        return value

    def put(self, tree: ast.Module) -> None:
        """Puts the clocks into a model's tree. Lambdas stay: Spark's workers, which have no clock, may run them."""
        stack: list[ast.AST] = [tree] if self._lines else []
        while stack:  # a chain of calls can be deeper than functions may call themselves
            node = stack.pop()
            for name, value in ast.iter_fields(node):
                items = value if isinstance(value, list) else [value]
                for index, item in enumerate(items):
                    if isinstance(item, ast.Call) and self._is_action(item):
                        items[index] = _timed(item)
                    elif isinstance(item, ast.AST) and not isinstance(item, ast.Lambda):
                        stack.append(item)
                if items is not value:
                    setattr(node, name, items[0])

    def _is_action(self, call: ast.Call) -> bool:
        name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
        return call.lineno in self._lines and _ACTIONS.fullmatch(name) is not None


def _timed(call: ast.Call) -> ast.Call:
    place = {name: getattr(call, name) for name in call._attributes}

    def made(function: str, *given: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(function, ast.Load(), **place), [*given], [], **place)

    return made(_SPENT, ast.Constant(call.lineno, **place), made(_NOW), call)
