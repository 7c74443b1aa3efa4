"""A file of IAM policies, read: the statements of the caller's and of the session role's.

Its shape is what `dbt-glue doctor --policies --json` prints: {"caller": policy, "session_role": policy}, where a policy is
a document as AWS has it, or a list of them; `notes` are passed over. One document by itself holds for both.
Source: AWS's "IAM JSON policy elements reference". What is not supported is an error by name.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_endpoint.account import ACCOUNT, REGION
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.iam.conditions import Condition, condition_of

if TYPE_CHECKING:
    from pathlib import Path

CALLER, ROLE = "caller", "session_role"
_VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)
_HOME = re.compile(r"arn:aws[^:]*:(?:glue|s3tables):(?P<region>[a-z0-9-]+):(?P<account>\d{12}):")


class Statement(NamedTuple):
    """One statement; `sid` is its Sid or its place in the file. An action or resource is wanted or excluded."""

    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    not_actions: bool = False
    not_resources: bool = False


class Policies(NamedTuple):
    """The statements of both principals, and the account and region that the file's ARNs are of."""

    caller: tuple[Statement, ...]
    session_role: tuple[Statement, ...]
    account: str
    region: str


def read_policies(file: Path) -> Policies:
    """The policies in a file. Raises EndpointStartError, which names the file and the place in it."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise EndpointStartError(f"--policy {file}: {why}.") from error
    try:
        return policies_of(given)
    except _Misfit as misfit:
        raise EndpointStartError(f"--policy {file}: {misfit}.") from None


def policies_of(given: Any) -> Policies:
    """The policies of a file's JSON. Raises ValueError, which names the place."""
    if not isinstance(given, dict):
        raise _Misfit("the file", "an object is wanted, with `caller` and `session_role`")
    if "Statement" in given:
        caller = role = _document(given, "")
    else:
        unknown = sorted(given.keys() - {CALLER, ROLE, "notes"})
        missing = [name for name in (CALLER, ROLE) if name not in given]
        if unknown or missing:
            about = f"{unknown[0]!r} is not known" if unknown else f"{missing[0]!r} is missing"
            raise _Misfit("the file", f"{about}; there are {CALLER} and {ROLE}, or one policy")
        caller, role = (_documents(given[name], name) for name in (CALLER, ROLE))
    return Policies(caller, role, *_home_of((*caller, *role)))


def _home_of(statements: tuple[Statement, ...]) -> tuple[str, str]:
    """The account and region of the ARNs; the endpoint's own where there are none, or where it is among them."""
    resources = [resource for statement in statements for resource in statement.resources]
    found = [home for resource in resources if (home := _HOME.match(resource))]
    homes = {(home["account"], home["region"]) for home in found}
    if not homes or (ACCOUNT, REGION) in homes:
        return ACCOUNT, REGION
    if len(homes) > 1:
        named = ", ".join(f"{account} in {region}" for account, region in sorted(homes))
        raise _Misfit(
            "the file",
            f"its ARNs of Glue and S3 Tables are of several accounts or regions ({named}), and the endpoint is in one: "
            "leave those of the others out, or put * in the place of their account and region",
        )
    return homes.pop()


class _Misfit(ValueError):
    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


def _documents(given: Any, place: str) -> tuple[Statement, ...]:
    several = given if isinstance(given, list) else [given]
    return tuple(
        statement
        for number, each in enumerate(several)
        for statement in _document(each, f"{place}[{number}]" if several is given else place)
    )


def _document(given: Any, place: str) -> tuple[Statement, ...]:
    if not isinstance(given, dict) or "Statement" not in given:
        raise _Misfit(place, "a policy is an object with Version and Statement")
    unknown = sorted(given.keys() - {"Version", "Id", "Statement"})
    if unknown:
        raise _Misfit(place, f"{unknown[0]!r} is no element of a policy")
    if given.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _Misfit(f"{place}.Version", f"{given['Version']!r} is none of {', '.join(_VERSIONS)}")
    statements = given["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    head = f"{place}." if place else ""
    return tuple(_statement(each, f"{head}Statement[{n}]") for n, each in enumerate(listed))


def _statement(given: Any, place: str) -> Statement:
    if not isinstance(given, dict):
        raise _Misfit(place, "a statement is an object")
    unknown = sorted(given.keys() - _ELEMENTS)
    if unknown:
        hint = ", which only policies of resources have" if unknown[0].endswith("cipal") else ""
        raise _Misfit(f"{place}.{unknown[0]}", f"is not supported{hint}")
    effect = given.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise _Misfit(f"{place}.Effect", f"{effect!r} is neither Allow nor Deny")
    actions, not_actions = _either(given, "Action", place)
    for action in actions:
        if not _ACTION.fullmatch(action):
            raise _Misfit(f"{place}.Action", f"{action!r} is no `service:Action`")
    resources, not_resources = _either(given, "Resource", place)
    for resource in resources:
        if re.search(r"<[^>]*>", resource):
            raise _Misfit(f"{place}.Resource", f"{resource!r} has a placeholder to be filled in")
        if "${" in resource:
            raise _Misfit(f"{place}.Resource", f"{resource!r}: policy variables are not supported")
        if resource != "*" and resource.count(":") < 5:
            raise _Misfit(f"{place}.Resource", f"{resource!r} is no ARN")
    try:
        conditions = tuple(
            condition_of(operator, key, values)
            for operator, keys in given.get("Condition", {}).items()
            for key, values in keys.items()
        )
    except (ValueError, AttributeError) as error:
        raise _Misfit(f"{place}.Condition", str(error)) from None
    sid = given.get("Sid") or place
    return Statement(
        sid, effect == "Allow", actions, resources, conditions, not_actions, not_resources
    )


def _either(given: dict[str, Any], name: str, place: str) -> tuple[tuple[str, ...], bool]:
    """The texts of an element or of its opposite, of which a statement has one."""
    there = [each for each in (name, f"Not{name}") if each in given]
    if len(there) != 1:
        raise _Misfit(place, f"it has {name} or Not{name}, one of them")
    value = given[there[0]]
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise _Misfit(f"{place}.{there[0]}", "a text is wanted, or a list of them")
    return tuple(texts), there[0] != name
