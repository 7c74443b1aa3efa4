"""Which types Spark refuses in an expression, and the type that an expression has.

Measured by Spark's own analyser, without and with ANSI mode (tools/knowledge/measure_types.py): a type is refused
where both do, for columns and for literals. Types are looked up by their heads: `decimal` for `decimal(10,2)`.
Of Spark 4.1 that is stored for the operators and the commonest types and functions.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.frames import DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = frozenset(
    {
        *("boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string"),
        *("binary", "date", "timestamp"),
    }
)
_WITH_PARAMETERS = {
    "decimal": "decimal",
    "varchar": "string",
    "char": "string",
    "array": "array",
    "map": "map",
    "struct": "struct",
}


def head(type_: str) -> str | None:
    """The word under which a type is looked up; None for one of which nothing was measured."""
    if type_ in _PLAIN:
        return type_
    return _WITH_PARAMETERS.get(type_.partition("<" if "<" in type_ else "(")[0])


def has_operation(version: str, operation: str) -> bool:
    """Whether there are types that a Spark version refuses in an operation."""
    table = _table(version)
    return operation in table["binary"] or operation in table["unary"]


def has_no_union(version: str, left: str, right: str) -> bool:
    """Whether a union of columns of two types is refused."""
    return head(right) in _table(version)["union"].get(head(left), ())


def refused_arguments(version: str, function: str) -> list[list[str]]:
    """By the parameters of a function, in their order, the types that are refused in a column there."""
    found: list[list[str]] = _table(version)["functions"].get(function, [])
    return found


def arithmetic(version: str, operator: str, left: str, right: str) -> str | None:
    """The type of an arithmetic expression of two types, where it is always the same."""
    by_left = _table(version)["arithmetic"].get(operator, {})
    found: str | None = by_left.get(left, {}).get(right)
    return found


def function_result(version: str, function: str, argument: str | None) -> str | None:
    """The type that a function gives; `argument` is the type of its only one where that is known."""
    result = _table(version)["results"].get(function)
    if result == "same":
        return argument
    if isinstance(result, dict):
        given: str | None = None if argument is None else result.get(argument)
        return given
    return None if result is None else str(result)


@lru_cache(maxsize=4)
def _table(version: str) -> Any:
    path = DATA / f"spark-types-{version}.json"
    if not path.is_file():
        return {
            "binary": {},
            "arithmetic": {},
            "unary": {},
            "cast": {},
            "union": {},
            "functions": {},
            "results": {},
        }
    return json.loads(path.read_text(encoding="utf-8"))


def misfit(
    version: str,
    operation: str,
    given: Sequence[str],
    *,
    target: str | None = None,
    argument: int | None = None,
) -> tuple[int, ...]:
    """The places of the operands, whose types are given, that Spark refuses together; none where it may take them.

    Operations, targets of casts and arguments are those of `facts.types.TypedExpression`.
    """
    known = [found for one in given if (found := head(one)) is not None]
    if len(known) != len(given):
        return ()
    if argument is not None:
        return (0,) if known[0] in refused_arguments(version, operation)[argument] else ()
    if target is not None:
        return (0,) if head(target) in _table(version)["cast"].get(known[0], ()) else ()
    if len(known) == 1:
        return (0,) if known[0] in _table(version)["unary"].get(operation, ()) else ()
    if len(known) > 2 and "string" in known:
        return ()  # all of them may become strings
    refused = _table(version)["binary"].get(operation, {})
    for place, left in enumerate(known):
        for other in range(place + 1, len(known)):
            if known[other] in refused.get(left, ()):
                return place, other
    return ()
