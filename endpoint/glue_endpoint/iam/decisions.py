"""Whether statements let somebody do something: a Deny wins, and what no Allow names is denied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_endpoint.iam.conditions import glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from glue_endpoint.iam.documents import Statement

ANY_RESOURCE = None
"""For a request whose resource is not known here: only its action is judged."""
ALLOWED, DENIED, NOT_ALLOWED = "allowed", "denied", "not allowed"


def decide(
    statements: Iterable[Statement],
    action: str,
    resource: str | None,
    context: Mapping[str, str],
) -> str:
    """ALLOWED, DENIED (by a Deny) or NOT_ALLOWED (by no Allow)."""
    decision = NOT_ALLOWED
    for statement in statements:
        if _applies(statement, action, resource, context):
            if not statement.allows:
                return DENIED
            decision = ALLOWED
    return decision


def _applies(
    statement: Statement, action: str, resource: str | None, context: Mapping[str, str]
) -> bool:
    named = any(re.fullmatch(glob(each), action, re.IGNORECASE) for each in statement.actions)
    if named is statement.not_actions:
        return False
    if resource is not ANY_RESOURCE:
        meant = any(re.fullmatch(glob(each), resource, re.DOTALL) for each in statement.resources)
        if meant is statement.not_resources:
            return False
    return all(condition.holds(context) for condition in statement.conditions)
