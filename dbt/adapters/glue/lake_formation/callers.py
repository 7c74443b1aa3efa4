"""Who runs dbt and its sessions, as IAM and Lake Formation name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions.client import error_code

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Caller", "principal_of", "same_principal"]

_ASSUMED = re.compile(r"arn:([a-z-]+):sts::(\d+):assumed-role/([^/]+)/.*")
_ROLE = re.compile(r"arn:[a-z-]+:iam::(\d+):role/(?:.*/)?([^/]+)")


class Caller(NamedTuple):
    """The account that dbt's calls are made in, and the ARN of who makes them."""

    account: str
    arn: str

    @classmethod
    def of(cls, sts: Callable[[], Any]) -> Caller:
        """Asks STS. Raises GlueApiError."""
        try:
            try:
                answer = sts().get_caller_identity()
            except ResponseParserError:  # cut on its way
                answer = sts().get_caller_identity()
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            raise GlueApiError(
                f"STS GetCallerIdentity failed, which says in whose account tables are: {error}",
                error_code(error),
            ) from error
        return cls(str(answer["Account"]), str(answer["Arn"]))


def principal_of(arn: str) -> str:
    """Who has an ARN, as Lake Formation is told: of the session of a role, the role, as if it had no path."""
    session = _ASSUMED.fullmatch(arn)
    return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session else arn


def same_principal(principal: str, arn: str | None) -> bool:
    """Whether a principal of Lake Formation is who has the ARN: a user, a role, or the session of a role.

    A session's ARN has no path of its role: one of the same name in the account is taken for it.
    """
    if not arn:
        return False
    role, session = _ROLE.fullmatch(principal), _ASSUMED.fullmatch(arn)
    if role and session:
        return role.groups() == session.groups()[1:]
    return principal == arn
