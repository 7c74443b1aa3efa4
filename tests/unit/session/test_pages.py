"""Results in pages: small ones as they are, large ones compressed, and kept until the last page is read."""

from __future__ import annotations

from typing import Any

import pytest
from glue_compiler.program.transport import parse_output, unpack_rows
from glue_session.pages import first_page, sql_page

HEAD = {"schema": {"fields": []}, "rows_affected": None}


@pytest.fixture
def next_page(capsys: pytest.CaptureFixture[str]) -> Any:
    """The answer to the question for one more page."""

    def asked(nonce: str, token: int, page_bytes: int = 0) -> dict[str, Any]:
        sql_page(nonce, token, "aa", page_bytes)
        framed, _ = parse_output(capsys.readouterr().out, "aa")
        return dict(framed or {})

    return asked


def test_a_small_result_travels_as_it_is() -> None:
    assert first_page("01", iter([[1, "a"], [2, None]]), 400_000, HEAD) == {
        **HEAD,
        "rows": [[1, "a"], [2, None]],
        "next": None,
    }
    assert first_page("02", iter([]), 400_000, HEAD) == {**HEAD, "rows": [], "next": None}


def test_a_large_result_comes_page_by_page(next_page: Any) -> None:
    rows = [[number, f"row {number}"] for number in range(5_000)]
    page = first_page("03", iter(rows), 10_000, HEAD)
    assert isinstance(page["packed"], str)
    found, pages = unpack_rows(page), 1
    while page["next"] is not None:
        page = next_page("03", page["next"])
        found += unpack_rows(page)
        pages += 1
    assert pages > 2
    assert found == rows
    assert "no longer kept" in next_page("03", 1)["error"]["message"]


def test_the_oldest_of_many_results_is_forgotten(next_page: Any) -> None:
    rows = [["x" * 100] for _ in range(100)]
    for nonce in ("10", "11", "12", "13", "14"):
        assert first_page(nonce, iter(rows), 1_000, HEAD)["next"] == 1
    assert "no longer kept" in next_page("10", 1)["error"]["message"]
    assert unpack_rows(next_page("11", 1))[0] == rows[0]


@pytest.mark.parametrize("count", [3, 5_000])
def test_a_page_that_was_cut_comes_again_in_smaller_ones(next_page: Any, count: int) -> None:
    rows = [[number, "x" * 100] for number in range(count)]
    first_page("20", iter(rows), 400_000, HEAD)
    page = next_page("20", 0, 1_000)
    assert page["schema"] == HEAD["schema"]
    assert 0 < len(unpack_rows(page)) < count
    found, smaller = unpack_rows(page), 500
    while page["next"] is not None:
        page = next_page("20", page["next"], smaller)
        smaller = 0
        found += unpack_rows(page)
    assert found == rows


def test_a_row_that_is_cut_alone_is_an_error_by_name(next_page: Any) -> None:
    first_page("21", iter([["x" * 100_000]]), 400_000, HEAD)
    error = next_page("21", 0, 1_000)["error"]
    assert error["type"] == "RowTooLong"
    assert "select fewer or shorter columns" in error["message"]
