"""Answers in pages: MaxResults and NextToken."""

from __future__ import annotations

from typing import Any

from glue_endpoint.errors import InvalidInputException


def paginate(
    items: list[Any], request: dict[str, Any], *, default: int = 100
) -> tuple[list[Any], str | None]:
    """One page of `items` and the token of the next, by MaxResults and NextToken of `request`.

    Raises InvalidInputException for a token that the endpoint did not make.
    """
    token = request.get("NextToken") or "0"
    if not token.isdecimal() or len(token) > 12:
        raise InvalidInputException("The NextToken is not one of this endpoint's.")
    start = int(token)
    end = start + (request.get("MaxResults") or default)
    return items[start:end], str(end) if end < len(items) else None
