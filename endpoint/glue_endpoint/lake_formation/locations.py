"""Locations registered with Lake Formation, and the role of each: kept and listed; nobody's access goes by them.

Source: Lake Formation's API reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT
from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from glue_endpoint.lake_formation.entries import LOCATION, drop, entries, entry, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_SERVICE_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/lakeformation.amazonaws.com/"
    "AWSServiceRoleForLakeFormationDataAccess"
)
_KEPT = ("ResourceArn", "RoleArn", "WithFederation", "HybridAccessEnabled", "WithPrivilegedAccess", "ExpectedResourceOwnerAccount")  # fmt: skip
_FIELDS = {"RESOURCE_ARN": "ResourceArn", "ROLE_ARN": "RoleArn"}
_COMPARED: dict[str, Callable[[str, list[str]], Any]] = {
    "EQ": lambda text, values: text == values[0],
    "NE": lambda text, values: text != values[0],
    "LE": lambda text, values: text <= values[0],
    "LT": lambda text, values: text < values[0],
    "GE": lambda text, values: text >= values[0],
    "GT": lambda text, values: text > values[0],
    "CONTAINS": lambda text, values: values[0] in text,
    "NOT_CONTAINS": lambda text, values: values[0] not in text,
    "BEGINS_WITH": lambda text, values: text.startswith(values[0]),
    "IN": lambda text, values: text in values,
    "BETWEEN": lambda text, values: values[0] <= text <= values[-1],
}


def register(transaction: Transaction, request: Request) -> Answer:
    """RegisterResource."""
    arn = request["ResourceArn"]
    if not arn.startswith("arn:"):
        raise InvalidInputException(f"ResourceArn {arn!r} is no ARN, such as arn:aws:s3:::bucket.")
    service_role = bool(request.get("UseServiceLinkedRole"))
    if service_role == ("RoleArn" in request):
        raise InvalidInputException("Give either a RoleArn or UseServiceLinkedRole.")
    if entry(transaction, LOCATION, arn) is not None:
        raise AlreadyExistsException(f"Resource is already registered: {arn}.")
    _keep(transaction, {**request, "RoleArn": request.get("RoleArn", _SERVICE_ROLE)})
    return {}


def update(transaction: Transaction, request: Request) -> Answer:
    """UpdateResource: another role, and what else is given."""
    _keep(transaction, {**_existing(transaction, request), **request})
    return {}


def deregister(transaction: Transaction, request: Request) -> Answer:
    """DeregisterResource."""
    _existing(transaction, request)
    drop(transaction, LOCATION, request["ResourceArn"])
    return {}


def describe(transaction: Transaction, request: Request) -> Answer:
    """DescribeResource."""
    return {"ResourceInfo": _existing(transaction, request)}


def list_locations(transaction: Transaction, request: Request) -> Answer:
    """ListResources, by ARN. Raises InvalidInputException for a condition without a field of text and values."""
    size, wanted = page_size(request), request.get("FilterConditionList", [])
    for condition in wanted:
        if condition.get("Field") not in _FIELDS or not condition.get("StringValueList"):
            raise InvalidInputException(
                "A FilterCondition needs StringValueList, and here as its Field "
                f"{' or '.join(_FIELDS)}."
            )
        if "ComparisonOperator" not in condition:
            raise InvalidInputException("A FilterCondition needs a ComparisonOperator.")
    found = [
        (arn, given)
        for arn, given in entries(transaction, LOCATION, page_start(request))
        if all(
            _COMPARED[each["ComparisonOperator"]](
                given[_FIELDS[each["Field"]]], each["StringValueList"]
            )
            for each in wanted
        )
    ]
    return {
        "ResourceInfoList": [given for _, given in found[:size]],
        "NextToken": next_token(found, size),
    }


def _existing(transaction: Transaction, request: Request) -> Answer:
    given: Answer | None = entry(transaction, LOCATION, request["ResourceArn"])
    if given is None:
        raise EntityNotFoundException(f"Entity not found: {request['ResourceArn']}.")
    return given


def _keep(transaction: Transaction, given: Answer) -> None:
    info = {member: given[member] for member in _KEPT if member in given}
    keep(transaction, LOCATION, given["ResourceArn"], {**info, "LastModified": transaction.now})


LOCATION_READS = {"DescribeResource": describe, "ListResources": list_locations}
LOCATION_WRITES = {
    "DeregisterResource": deregister,
    "RegisterResource": register,
    "UpdateResource": update,
}
