"""Some tables of a database of the Data Catalog, by their names: in pages of all or one by one, whichever is less."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from dbt.adapters.glue.errors import GlueApiError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["named_tables"]

ONE_BY_ONE = 10
"""So few are never looked for in pages."""
PAGE = 4
"""What a page costs, in single tables: it brings up to a hundred, one page after the other, and those come eight at once."""
ASKED_AT_ONCE = 8


class Call(Protocol):
    """Makes a call of Glue; None where what it asks for is not there. Raises GlueApiError."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any] | None: ...


def named_tables(call: Call, database: str, names: Collection[str]) -> list[dict[str, Any]]:
    """Those of the tables that are there; names are in lower case.

    How many tables a database has nobody says. So pages are read as long as they cost less than to ask for each table
    that is missing, either so far or, by how many of a page were wanted, to the end.
    """
    missing = set(names)
    found: list[dict[str, Any]] = []
    if len(missing) > ONE_BY_ONE:
        for number, page in enumerate(_pages(call, database), start=1):
            if page is None:
                return found
            wanted = [table for table in page if table["Name"].lower() in missing]
            found += wanted
            missing -= {table["Name"].lower() for table in wanted}
            to_come = number * len(missing) / len(found) if found else float("inf")
            if PAGE * min(number, to_come) >= len(missing):
                break
    if not missing:
        return found
    with ThreadPoolExecutor(min(ASKED_AT_ONCE, len(missing))) as pool:
        answers = pool.map(
            lambda name: call("get_table", DatabaseName=database, Name=name), sorted(missing)
        )
        return found + [answer["Table"] for answer in answers if answer is not None]


def _pages(call: Call, database: str) -> Iterator[list[dict[str, Any]] | None]:
    """The pages of a database, and None at their end, or at once where there is no such database.

    Without an end where it may not be listed: who may see all tables that a project reads need not see all others.
    """
    more: dict[str, str] = {}
    while True:
        try:
            answer = call("get_tables", DatabaseName=database, **more)
        except GlueApiError as error:
            if error.code != "AccessDeniedException":
                raise
            return
        if answer is None:
            yield None
            return
        yield list(answer.get("TableList", ()))
        if not answer.get("NextToken"):
            yield None
            return
        more = {"NextToken": answer["NextToken"]}
