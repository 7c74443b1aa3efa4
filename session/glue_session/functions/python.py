"""Functions that the project writes in Python, as Spark runs them: loaded from their text, their values as declared."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_BITS = {"byte": 8, "short": 16, "integer": 32, "long": 64}


def loaded(definition: dict[str, Any]) -> Any:
    """What `entry_point` names in a function's file. Raises NameError and TypeError where that is nothing to call."""
    import builtins

    path, source = str(definition["path"]), str(definition["body"])
    # No module that workers could import: what is defined in it travels to them as it is.
    namespace: dict[str, Any] = {
        "__name__": f"dbt_function_{definition['name']}",
        "__file__": path,
        "__builtins__": builtins,
    }
    linecache.cache[path] = (len(source), None, source.splitlines(True), path)
    exec(compile(source, path, "exec", dont_inherit=True), namespace)  # noqa: S102 - the project's own function
    entry = str(definition["entry_point"])
    found = namespace.get(entry)
    if found is None:
        raise NameError(f"its file has no {entry}, which is its `entry_point`")
    if definition["kind"] == "aggregate":
        missing = [each for each in ("accumulate", "finish") if not hasattr(found, each)]
        if not isinstance(found, type) or missing:
            raise TypeError(
                f"{entry} is no class with the methods accumulate and finish, as an aggregate function is"
            )
    elif not callable(found):
        raise TypeError(f"{entry}, its `entry_point`, is no function")
    return found


def scalar(
    name: str, function: Callable[..., Any], kind: str, declared: str, arguments: int
) -> Callable[..., Any]:
    """The function with its value as declared."""
    del arguments
    returned = _returned(name, kind, declared)

    def call(*values: Any) -> Any:
        return returned(function(*values))

    return call


def aggregate(
    name: str, handler: Any, kind: str, declared: str, arguments: int
) -> Callable[..., Any]:
    """The function of a group's rows that a class with `accumulate` and `finish` is. All rows of a group come at once."""
    returned = _returned(name, kind, declared)

    def call(rows: Any) -> Any:
        state = handler()
        for row in rows:
            state.accumulate(*tuple(row)[:arguments])
        return returned(state.finish())

    return call


def _returned(name: str, kind: str, declared: str) -> Callable[[Any], Any]:
    """A value as Spark takes it for a type. Of another type Spark would make null, or another number, in silence.

    Raises TypeError and OverflowError, which name the function.
    """
    bits = _BITS.get(kind)

    def returned(value: Any) -> Any:
        from decimal import Decimal

        if type(value).__module__ == "numpy" and hasattr(value, "item"):
            value = value.item()
        number = isinstance(value, int) and not isinstance(value, bool)
        if value is None:
            return None
        if bits is not None and number:
            if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
                raise OverflowError(
                    f"the function {name} returned {value}, too much for {declared}"
                )
            return value
        if kind in ("float", "double") and (number or isinstance(value, (float, Decimal))):
            return float(value)
        if kind == "decimal" and (number or isinstance(value, Decimal)):
            return Decimal(value)
        wanted = {"string": str, "boolean": bool}.get(kind)
        if wanted is not None and isinstance(value, wanted):
            return value
        if wanted is not None or bits is not None or kind in ("float", "double", "decimal"):
            raise TypeError(
                f"the function {name} returned {value!r} ({type(value).__name__}), which is no {declared}"
            )
        return value

    return returned
