"""Maxima that a test mentions count as tested for None."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.state import Env
from glue_compiler.flow.core.values import (
    UNKNOWN,
    RowsValue,
    ScalarValue,
)
from glue_compiler.text.changed import changed
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env


def guard(_it: Interpreter, test: cst.CSTNode, env: Env) -> None:
    """A maximum that a test mentions is taken to be tested for None."""
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.Name:
            value = env.get(node.value)
            if isinstance(value, ScalarValue) and value.maximum_of is not None:
                env.values[node.value] = changed(value, guarded=True)
            elif isinstance(value, RowsValue) and value.frame.maximum:
                env.values[node.value] = UNKNOWN
        stack.extend(children(node))
