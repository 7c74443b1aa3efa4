"""What a test does to the variables that it mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from glue_compiler.flow.core.state import Env


def guard(test: cst.CSTNode, env: Env) -> None:
    """A maximum that a test mentions is taken to be tested for None."""
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.Name:
            value = env.get(node.value)
            tested = None if value is None else value.tested()
            if tested is not None and tested is not value:
                env.values[node.value] = tested
        stack.extend(children(node))
