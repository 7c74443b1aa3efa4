"""Names in requests: how Glue folds them, and the patterns by which it lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_endpoint.account import ACCOUNT
from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Request

S3_TABLES = "s3tablescatalog"
"""The catalog in which S3's table buckets are catalogs (AWS's page "Integrating Amazon S3 Tables with AWS analytics services")."""

_BARE_STAR = re.compile(r"(?<![.\])}\\])\*")


def catalog_of(request: Request) -> str:
    """The catalog that a request is about, which need not exist: an account's number, by default the caller's own.

    Or one within it, such as `000000000000:s3tablescatalog/bucket`, whose account may be left out.
    """
    catalog: str = request.get("CatalogId") or ACCOUNT
    return f"{ACCOUNT}:{catalog}" if catalog.partition("/")[0] == S3_TABLES else catalog


def fold(name: str) -> str:
    """A database's, table's or function's name as Glue stores it (API reference: "folded to lowercase")."""
    return name.lower()


def name_pattern(expression: str) -> re.Pattern[str]:
    """The pattern of GetTables and GetUserDefinedFunctions: a regular expression for the whole name.

    A star that repeats nothing stands for any text, as in Hive's patterns, which clients of Glue send
    too: `sales*` is all names that begin with sales. Raises InvalidInputException.
    """
    try:
        return re.compile(_BARE_STAR.sub(".*", expression), re.IGNORECASE)
    except re.error as error:
        raise InvalidInputException(
            f"The expression {expression!r} is no regular expression: {error}."
        ) from None
