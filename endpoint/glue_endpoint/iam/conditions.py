"""Conditions of statements: the operators and keys that are judged here; any other is an error by name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = {
    name.lower(): name
    for name in (
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:RequestedRegion", "aws:ResourceAccount",
        "aws:SecureTransport", "iam:PassedToService", "s3:delimiter", "s3:prefix",
    )
}  # fmt: skip
_OPERATORS = {
    "ArnEquals": (True, True), "ArnLike": (True, True), "ArnNotEquals": (False, True),
    "ArnNotLike": (False, True), "Bool": (True, False), "StringEquals": (True, False),
    "StringEqualsIgnoreCase": (True, False), "StringLike": (True, True),
    "StringNotEquals": (False, False), "StringNotEqualsIgnoreCase": (False, False),
    "StringNotLike": (False, True),
}  # fmt: skip
"""Whether one of the values has to be the key's, or none of them; and whether they have wildcards."""
_IF_EXISTS = "IfExists"


class Condition(NamedTuple):
    """What a key has to be; `equal` or not, to one of `patterns` (regular expressions)."""

    key: str
    patterns: tuple[str, ...]
    equal: bool
    if_exists: bool

    def holds(self, context: Mapping[str, str]) -> bool:
        """Whether it does for a request's keys."""
        value = context.get(self.key)
        if value is None:
            return self.if_exists or not self.equal
        return (
            any(re.fullmatch(pattern, value, re.DOTALL) for pattern in self.patterns) is self.equal
        )


def condition_of(operator: str, key: str, values: Any) -> Condition:
    """A condition of a statement. Raises ValueError for what is not judged here."""
    name = operator.removesuffix(_IF_EXISTS)
    if name not in _OPERATORS:
        raise ValueError(f"{operator} is not supported; there are {', '.join(_OPERATORS)}")
    known = _KEYS.get(key.lower())
    if known is None:
        raise ValueError(f"the key {key} is not supported; there are {', '.join(_KEYS.values())}")
    equal, wild = _OPERATORS[name]
    listed = [str(each) for each in (values if isinstance(values, list) else [values])]
    if any("${" in value for value in listed):
        raise ValueError(f"{operator} {key}: policy variables are not supported")
    folded = name.endswith("IgnoreCase") or name == "Bool"
    patterns = tuple(
        ("(?i)" if folded else "") + (glob(value) if wild else re.escape(value)) for value in listed
    )
    return Condition(known, patterns, equal, operator.endswith(_IF_EXISTS))


@cache
def glob(text: str) -> str:
    """The regular expression of a text with `*` and `?`, for Python and Java."""
    wild = {"*": ".*", "?": "."}
    return "".join(wild.get(char) or (char if char.isalnum() else f"\\{char}") for char in text)
