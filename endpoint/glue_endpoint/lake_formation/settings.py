"""The settings of the data lake: kept and read back; what they would change on AWS they do not change here.

Source: Lake Formation's API reference, `DataLakeSettings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.catalog.names import catalog_of
from glue_endpoint.errors import InvalidInputException
from glue_endpoint.lake_formation.entries import SETTINGS, entry, keep

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_BY_IAM: list[dict[str, Any]] = [
    {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Permissions": ["ALL"],
    }
]
_DEFAULTS = ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions")
_LISTS = ("DataLakeAdmins", "ReadOnlyAdmins", *_DEFAULTS, "TrustedResourceOwners", "ExternalDataFilteringAllowList")  # fmt: skip
_PARAMETERS = {
    "CROSS_ACCOUNT_VERSION": ("1", "2", "3", "4", "5"),
    "SET_SOURCE_IDENTITY": ("TRUE", "FALSE"),
}


def get_settings(transaction: Transaction, request: Request) -> Answer:
    """GetDataLakeSettings: what was put; before that an account's own, by which IAM alone decides."""
    given = entry(transaction, SETTINGS, catalog_of(request))
    if given is None:
        given = dict.fromkeys(_DEFAULTS, _BY_IAM)
    return {"DataLakeSettings": {**{name: [] for name in _LISTS}, **given}}


def put_settings(transaction: Transaction, request: Request) -> Answer:
    """PutDataLakeSettings: replaces all. Raises InvalidInputException for what AWS does not permit."""
    given = request["DataLakeSettings"]
    for name in _DEFAULTS:
        if given.get(name, []) not in ([], _BY_IAM):
            raise InvalidInputException(
                f"{name}: permitted are an empty list, or ALL to IAM_ALLOWED_PRINCIPALS alone."
            )
    for key, value in given.get("Parameters", {}).items():
        if value not in _PARAMETERS.get(key, ()):
            known = "; ".join(f"{k}: {', '.join(values)}" for k, values in _PARAMETERS.items())
            raise InvalidInputException(f"Parameters: {key}={value} is none of {known}.")
    keep(transaction, SETTINGS, catalog_of(request), given)
    return {}


SETTINGS_READS = {"GetDataLakeSettings": get_settings}
SETTINGS_WRITES = {"PutDataLakeSettings": put_settings}
