"""What Spark makes of what a Python UDF returns, by the type that is declared for it.

Tried with PySpark 3.3.0, 3.5.6 and 4.1.1, rows being sent by pickle, which is the default of all of them.
"""

from __future__ import annotations

import re
from typing import Literal

Outcome = Literal["", "null", "text", "raises"]
"""Empty where the value arrives; `text`: as what Java prints of the object that holds it."""

_TAKEN = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), frozenset({"int"})),
    **dict.fromkeys(("float", "double"), frozenset({"float"})),
    "boolean": frozenset({"bool"}),
    "decimal": frozenset({"Decimal"}),
    "binary": frozenset({"str", "bytes"}),
    "array": frozenset({"list", "tuple", "bytes"}),
    "map": frozenset({"dict"}),
}
"""The classes whose values arrive; those of all others are NULL."""

_TAKEN_OR_RAISES = {
    "date": frozenset({"date", "datetime"}),
    "timestamp": frozenset({"datetime"}),
    "timestamp_ntz": frozenset({"datetime"}),
    "struct": frozenset({"list", "tuple", "dict"}),
}
"""Types whose values PySpark converts by methods that others do not have."""

_PRINTED_BY_JAVA = frozenset(
    {"date", "datetime", "timedelta", "list", "tuple", "dict", "set", "bytes"}
)
_REFUSED_OF_SERIES = frozenset({"string", "date", "timestamp"})
"""The types for which Arrow refuses a series of floats, in all of them."""

_KINDS = _PRINTED_BY_JAVA | {"str", "int", "float", "bool", "Decimal", "series"}
_PLAIN = r"(?:tinyint|smallint|int|bigint|float|double|boolean|string|binary)"
_TYPE = re.compile(
    rf"(decimal)\(\d+,\d+\)|(array)<{_PLAIN}>|(map)<{_PLAIN},{_PLAIN}>|(struct)(?:<.*>)?|(\w+)"
)


def outcome(declared: str, kind: str) -> Outcome:
    """What becomes of a value of a class of Python's, of a UDF with a declared type; empty where that is not known."""
    found = _TYPE.fullmatch(declared)
    if found is None or kind not in _KINDS:
        return ""
    name = next(group for group in found.groups() if group)
    if kind == "series":
        return "raises" if name in _REFUSED_OF_SERIES else ""
    if name == "string":
        return "text" if kind in _PRINTED_BY_JAVA else ""
    if name in _TAKEN_OR_RAISES:
        return "" if kind in _TAKEN_OR_RAISES[name] else "raises"
    return "" if kind in _TAKEN.get(name, _KINDS) else "null"
