"""The list of what people do wrong, into which each operator puts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.mutation.tree import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.mutation.tree import Places

OPERATORS: list[Operator] = []
CLASSES = {
    "truth": "a Column or mask used as a bool; precedence of `&`",
    "arguments": "arity, keyword, type of an argument",
    "unwritable": "a result that cannot be written",
    "aggregates": "aggregate, window, `when`",
    "types": "types of operands, branches, casts and unions",
    "text": "text that is SQL, a type or a pattern",
    "mixed": "pandas and Spark mixed",
    "modules": "attributes of known modules",
    "shadowing": "shadowing, star imports",
    "incremental": "incremental config against result and own table",
    "none": "None or a non-frame passed on",
    "udfs": "UDF bodies",
    "frames": "a Column of another frame; columns lost by groupBy",
    "silent": "silent mistakes",
}
"""The classes of mistakes, in the order of the table."""


def operator(kind: str, *, silent: bool = True) -> Callable[[Places], Places]:
    """Puts a function into the list, under its own name. Not `silent`: what only changes the result does not count."""

    def put(places: Places) -> Places:
        OPERATORS.append(Operator(places.__name__.replace("_", " "), kind, places, silent))
        return places

    return put
