"""Partition filters."""

from __future__ import annotations

import pytest
from glue_endpoint.catalog.expressions import compile_expression
from glue_endpoint.errors import InvalidInputException

TYPES = {"year": "int", "month": "string", "day": "date"}
ROW = {"year": "2024", "month": "01", "day": "2024-01-31"}


@pytest.mark.parametrize(
    "expression",
    [
        "year = 2024",
        "YEAR=2024 and month='01'",
        "year = '2024'",
        "year >= 999",  # numbers, not text
        "year in (2023, 2024)",
        "month not in ('02','03')",
        "year between 2000 and 2030 and not month = '02'",
        "month = '02' or (year < 2025 and month <> '02')",
        "day >= '2024-01-01' and day < date '2024-02-01'",
        "month like '0_' and day like '2024%'",
        "`month` is not null",
    ],
)
def test_matches(expression: str) -> None:
    assert compile_expression(expression, TYPES)(ROW)


@pytest.mark.parametrize(
    "expression",
    ["year <> 2024", "month > '01'", "year in (1)", "month is null", "not (year=2024 or year=1)"],
)
def test_does_not_match(expression: str) -> None:
    assert not compile_expression(expression, TYPES)(ROW)


def test_a_null_partition_matches_no_comparison() -> None:
    row = {**ROW, "year": "__HIVE_DEFAULT_PARTITION__"}
    assert not compile_expression("year > 0", TYPES)(row)
    assert compile_expression("year is null", TYPES)(row)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("", "unexpected end at position 1"),
        ("hour = 1", "'hour' is not a partition key (year, month, day) at position 1"),
        ("year = ", "unexpected end"),
        ("year = 1 1", "unexpected text at position 10"),
        ("year = 'x'", "not a value of the type int at position 8"),
        ("year ; 1", "unexpected character at position 5"),
        ("(" * 500 + "year = 1", "too deeply nested"),
        ("month = 'a' and import", "is not a partition key"),
    ],
)
def test_says_what_is_wrong(expression: str, problem: str) -> None:
    with pytest.raises(InvalidInputException) as caught:
        compile_expression(expression, TYPES)
    assert problem in caught.value.message
