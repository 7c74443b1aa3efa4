"""Results cut into pages, kept in the session until later ones have been asked for."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from glue_session.answers import error_answer, last_answer
from glue_session.transport import compress, decompress, print_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

_SMALL = 4096
"""Characters up to which rows travel as they are."""
_KEPT_RESULTS = 4

_results: dict[str, list[Any]] = {}
_heads: dict[str, dict[str, Any]] = {}


class RowTooLong(ValueError):
    """One row alone is more than Glue lets a statement print."""


def first_page(
    nonce: str, rows: Iterable[list[Any]], page_bytes: int, head: dict[str, Any]
) -> dict[str, Any]:
    """`head` with the first page of a result; all are kept under its nonce, and the oldest of many results is forgotten.

    That page too, since Glue may cut what a statement prints: then it is asked for once more, smaller.
    """
    pages = _results[nonce] = _pages(rows, page_bytes)
    _heads[nonce] = head
    while len(_results) > _KEPT_RESULTS:
        oldest = next(iter(_results))
        del _results[oldest], _heads[oldest]
    return {**head, **_page(pages, 0)}


def sql_page(nonce: str, token: int, page_nonce: str, page_bytes: int = 0) -> None:
    """Prints one more page of a kept result; with `page_bytes` it is first cut into pages of that size.

    Of an answer without pages it is the `part` from `token` on, of so many characters of its JSON.
    """
    whole = last_answer.get(nonce)
    if whole is not None:
        end = token + page_bytes
        part = {"part": whole[token:end], "next": end if end < len(whole) else None}
        print_frame(page_nonce, part)
        return
    pages = _results.get(nonce)
    try:
        if pages is None or pages[token] is None:
            raise LookupError("this result is no longer kept in the session")
        pages[:token] = [None] * token  # whoever asks for this one has those
        if page_bytes:
            # Those behind it would not pass either.
            rest = [_pages(_rows(page), page_bytes) for page in pages[token + 1 :]]
            pages[token:] = [*_smaller(pages[token], page_bytes), *chain.from_iterable(rest)]
        answer = {**({} if token else _heads[nonce]), **_page(pages, token)}
    except (LookupError, RowTooLong) as error:
        answer = error_answer(error)
    print_frame(page_nonce, answer)


def _smaller(page: Any, page_bytes: int) -> list[Any]:
    rows = _rows(page)
    if len(rows) < 2:
        size = len(json.dumps(rows))
        raise RowTooLong(
            f"a row of {size:,} characters is more than Glue lets a statement print: select fewer or shorter columns"
        )
    pages = _pages(rows, page_bytes)
    # What compresses well may fit into one page once more.
    half = len(rows) // 2
    return (
        pages if len(pages) > 1 else [_printed_form_of(rows[:half]), _printed_form_of(rows[half:])]
    )


def _rows(page: Any) -> list[Any]:
    return list(json.loads(decompress(page)) if isinstance(page, str) else page)


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


def _printed_form_of(rows: list[Any]) -> Any:
    return _printed_form([json.dumps(row, separators=(",", ":")) for row in rows])


def _printed_form(rows: list[str]) -> Any:
    """The rows as a list, or compressed to a text where they are many."""
    text = "[" + ",".join(rows) + "]"
    return json.loads(text) if len(text) <= _SMALL else compress(text)


def _page(pages: list[Any], index: int) -> dict[str, Any]:
    page = pages[index]
    key = "packed" if isinstance(page, str) else "rows"
    return {key: page, "next": index + 1 if index + 1 < len(pages) else None}
