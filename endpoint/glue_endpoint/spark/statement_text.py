"""What a statement's text is: Python, or Python between lines that are magics, as Livy's shell has them.

Lines are magics where they begin with % and the text as a whole is no Python; what is around them runs
as statements of their own. The one magic of Glue's sessions here is `%matplot plt`. Loaded by worker.py
in the session's process, which has nothing else of this package.
"""

from __future__ import annotations
import __future__

import ast
import base64
import functools
import io
import itertools
import operator
from typing import Any

FILE_NAME = "<stdin>"
FUTURE_FLAGS = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
"""What a compiled statement hands on to the expression at its end."""


class UnknownMagic(Exception):
    """A line begins with % and names no magic; Livy's name for it."""


def parts_of(code: str) -> list[Any]:
    """A statement as syntax trees and, where it is no Python as a whole, the lines that are magics."""
    parse = functools.partial(
        compile, filename=FILE_NAME, mode="exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True
    )
    lines = code.split("\n")
    try:
        return [parse(code)]
    except SyntaxError:
        if not any(line.startswith("%") for line in lines):
            raise
    parts: list[Any] = []
    for magic, group in itertools.groupby(enumerate(lines), lambda line: line[1].startswith("%")):
        numbers, texts = zip(*group, strict=True)
        # Empty lines before it, so that errors name the user's own.
        parts += texts if magic else [parse("\n" * numbers[0] + "\n".join(texts))]
    return parts


def image_of(line: str, names: dict[str, Any]) -> str:
    """The PNG, in base64, that `%matplot NAME` shows: the current figure of matplotlib.pyplot, named so.

    Raises UnknownMagic for all other magics, and KeyError for a name that is not there.
    """
    name, _, argument = line[1:].partition(" ")
    if name != "matplot":
        raise UnknownMagic(f"unknown magic command {name!r}")
    image = io.BytesIO()
    names[argument.strip()].gcf().savefig(image, format="png")
    return base64.b64encode(image.getvalue()).decode()
