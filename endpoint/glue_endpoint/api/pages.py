"""Answers in pages: MaxResults and NextToken.

A token is the key of the last item of its page, so that what comes or goes between two pages moves
nothing: an item that is there all the time is in exactly one page.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, TypeVar

from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_SIZE = 100

_T = TypeVar("_T")


def page_size(request: dict[str, Any], default: int = DEFAULT_SIZE) -> int:
    """How many items the page may have."""
    size: int = request.get("MaxResults") or default
    return size


def page_start(request: dict[str, Any]) -> str:
    """The key after which the page begins; an empty text for the first page.

    Raises InvalidInputException for a token that the endpoint did not make.
    """
    token = request.get("NextToken")
    if not token:
        return ""
    try:
        return base64.urlsafe_b64decode(token.encode("ascii")).decode()
    except ValueError:
        raise InvalidInputException("The NextToken is not one of this endpoint's.") from None


def token_of(key: str) -> str:
    """The token of a page that ends with `key`."""
    return base64.urlsafe_b64encode(key.encode()).decode("ascii")


def next_token(rows: Sequence[Sequence[Any]], size: int) -> str | None:
    """The token after a page of `size` of these rows, whose first column is their key; None at the end."""
    return token_of(rows[size - 1][0]) if len(rows) > size else None


def paginate(
    items: Sequence[_T], request: dict[str, Any], *, default: int = DEFAULT_SIZE
) -> tuple[Sequence[_T], str | None]:
    """One page of a list by position, for one that only grows at its end or is made anew; the token of the next."""
    token = page_start(request) or "0"
    if not token.isdecimal() or len(token) > 12:
        raise InvalidInputException("The NextToken is not one of this endpoint's.")
    start = int(token)
    end = start + page_size(request, default)
    return items[start:end], token_of(str(end)) if end < len(items) else None
