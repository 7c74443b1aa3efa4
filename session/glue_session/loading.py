"""A model's source in the session: executed in a namespace of its own, which knows the session and nothing else."""

from __future__ import annotations

import ast
import builtins
import inspect
import io
import linecache
from typing import TYPE_CHECKING, Any

from glue_session.errors import ModelError
from glue_session.rewrites import rewritten_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_session.clocks import Clocks

_SESSION_GLOBALS = ("spark", "sc", "sqlContext", "glueContext")


def load_model(
    session_globals: dict[str, Any],
    source: str,
    filename: str,
    shown_lines: dict[str, str],
    calls: Mapping[str, Any] | None = None,
    clocks: Clocks | None = None,
) -> Callable[..., Any]:
    """The function `model` of `source`, which runs for that. Raises ModelError where there is none, and what the source raises.

    The namespace is called `__main__` and is no entry of sys.modules: this is what makes PySpark
    pickle the model's functions and classes by value, so that its UDFs run on workers without the file.
    `shown_lines` are lines as the user wrote them, for tracebacks, where a rewrite changed them;
    `calls` is what a rewrite put there calls, by name; `clocks` note what actions on some lines cost.
    """
    lines = list(io.StringIO(source, newline=None))
    for line, text in shown_lines.items():
        lines[int(line) - 1] = text + "\n"
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace: dict[str, Any] = {
        "__name__": "__main__",
        "__file__": filename,
        "__builtins__": builtins,
        **(rewritten_calls([]) if calls is None else calls),
        **(clocks.calls if clocks else {}),
    }
    namespace.update(
        {name: session_globals[name] for name in _SESSION_GLOBALS if name in session_globals}
    )
    tree = _without_main_block(ast.parse(source, filename))
    if clocks:
        clocks.put(tree)
    exec(compile(tree, filename, "exec", dont_inherit=True), namespace)  # noqa: S102 - the user's model is code
    model = namespace.get("model")
    if not callable(model):
        raise ModelError("the file defines no function model(dbt, session)")
    if inspect.iscoroutinefunction(model):
        raise ModelError(
            "model is `async def`; dbt calls it as an ordinary function: write `def model`"
        )
    return model  # type: ignore[no-any-return]


def _without_main_block(tree: ast.Module) -> ast.Module:
    """The tree with `__name__ == "__main__"` false at its top level: a block for trying the file by hand is no part of a run."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in (
            "__name__ == '__main__'",
            "'__main__' == __name__",
        ):
            node.test = ast.copy_location(ast.Constant(False), node.test)
    return tree
