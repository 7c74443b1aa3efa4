"""Who makes a request, as conditions see it: the keys that all requests of a principal have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_endpoint.iam.documents import Policies

_NAME = "dbt-glue-local"


def caller_of(policies: Policies) -> str:
    """The ARN of whoever has the endpoint's own keys, in the account that the policies are of."""
    return f"arn:aws:iam::{policies.account}:user/{_NAME}"


def session_role_of(policies: Policies) -> str:
    """The ARN of the session role until a session is created with one."""
    return f"arn:aws:iam::{policies.account}:role/{_NAME}"


def keys_of(policies: Policies, principal: str) -> dict[str, str]:
    """The condition keys of all requests of a principal; `principal` is the ARN of a user or of a role.

    Of who assumed a role, AWS gives conditions the ARN of the role, and not that of its session ("AWS global condition
    context keys", aws:PrincipalArn).
    """
    return {
        "aws:PrincipalAccount": policies.account,
        "aws:PrincipalArn": principal,
        "aws:RequestedRegion": policies.region,
        "aws:ResourceAccount": policies.account,
        "aws:SecureTransport": "true",
    }
