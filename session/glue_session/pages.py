"""Results cut into pages, kept in the session until the last one has been asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from glue_session.answers import error_answer
from glue_session.transport import compress, print_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

_SMALL = 4096
"""Characters up to which rows travel as they are."""
_KEPT_RESULTS = 4

_results: dict[str, list[Any]] = {}


def first_page(nonce: str, rows: Iterable[list[Any]], page_bytes: int) -> dict[str, Any]:
    """The first page of a result; the others are kept under its nonce, and the oldest of many results is forgotten."""
    pages = _pages(rows, page_bytes)
    if len(pages) > 1:
        _results[nonce] = pages
        while len(_results) > _KEPT_RESULTS:
            del _results[next(iter(_results))]
    return _page(nonce, pages, 0)


def sql_page(nonce: str, token: int, page_nonce: str) -> None:
    """Prints one more page of a kept result."""
    pages = _results.get(nonce)
    if pages is None:
        error = LookupError("this result is no longer kept in the session")
        print_frame(page_nonce, error_answer(error))
        return
    print_frame(page_nonce, _page(nonce, pages, token))


def _pages(rows: Iterable[list[Any]], page_bytes: int) -> list[Any]:
    """Rows cut into pages whose printed form stays near `page_bytes` characters."""
    pages: list[Any] = []
    page: list[str] = []
    size = 0
    # JSON compresses several times and base64 adds a third: a page holds about thrice its printed size.
    room = page_bytes * 3
    for row in rows:
        text = json.dumps(row, separators=(",", ":"))
        if page and size + len(text) > room:
            pages.append(_printed_form(page))
            page, size = [], 0
        page.append(text)
        size += len(text) + 1
    if page or not pages:
        pages.append(_printed_form(page))
    return pages


def _printed_form(rows: list[str]) -> Any:
    """The rows as a list, or compressed to a text where they are many."""
    text = "[" + ",".join(rows) + "]"
    return json.loads(text) if len(text) <= _SMALL else compress(text)


def _page(nonce: str, pages: list[Any], index: int) -> dict[str, Any]:
    last = index + 1 >= len(pages)
    page = pages[index]
    if last:
        _results.pop(nonce, None)
    key = "packed" if isinstance(page, str) else "rows"
    return {key: page, "next": None if last else index + 1}
