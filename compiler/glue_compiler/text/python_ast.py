"""CPython's syntax trees, made one at a time: in several threads at once CPython 3.11 loses count."""

from __future__ import annotations

import ast
import threading
import warnings
from typing import cast

_LOCK = threading.RLock()


def parse_ast(text: str, filename: str = "<unknown>", mode: str = "exec") -> ast.Module:
    """`ast.parse`, with its exceptions, safe to call from any thread.

    CPython 3.11 counts the depth of a tree per process and not per thread
    (github.com/python/cpython/issues/106905): a switch of threads in mid-tree gives SystemError.
    The lock keeps our own threads apart; a second try answers to those of other libraries.
    """
    with _LOCK:
        try:
            return _parse(text, filename, mode)
        except SystemError:
            return _parse(text, filename, mode)


def parse_expression(text: str) -> ast.expr:
    """The tree of one expression. Raises what `ast.parse` raises."""
    return cast("ast.Expression", parse_ast(text, mode="eval")).body


def syntax_error(text: str) -> SyntaxError | None:
    """What the parser of the running interpreter says of a text, None when it reads it.

    Of a text that it cannot take at all, such as one that is too deeply nested, it tells no line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_ast(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return SyntaxError("unreadable")
    return None


def is_python(text: str) -> bool:
    """Whether a text is Python to the parser of the running interpreter."""
    return syntax_error(text) is None


def _parse(text: str, filename: str, mode: str) -> ast.Module:
    tree = compile(text, filename, mode, ast.PyCF_ONLY_AST, dont_inherit=True)
    return cast("ast.Module", tree)
