"""What is read of expressions of SQL, and what is not read at all because it is not certain."""

from __future__ import annotations

import subprocess
import sys

import pytest
from glue_compiler.text.sql import (
    SqlExpression,
    easy_expression,
    parsed_expression,
    read_expression,
)


def names(text: str) -> list[str] | None:
    found = read_expression(text)
    if found is None:
        return None
    for name in found.reads:
        assert text[name.start : name.end] == name.name
    return [name.name for name in found.reads]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1", ["a"]),
        ("a = 'b and c' or d is not null", ["a", "d"]),
        ('a = "b" and c', ["a", "c"]),
        ("`a b` = 1 and c.d = 2", ["a b"]),
        ("transform(xs, x -> filter(ys, y -> y > x + z))", ["xs", "ys", "z"]),
        ("datediff(day, a, b)", ["a", "b"]),
        ("cast(a as struct<b: int>).b", ["a"]),
        ("sum(a) over (partition by b order by c desc)", ["a", "b", "c"]),
        ("a > current_date and user = session_user", ["a"]),
        ("count(*)", []),
        ("a\n  > b -- c", ["a", "b"]),
        ("* except (a)", ["a"]),
    ],
)
def test_columns_of_an_expression(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "a >",
            "a, b",
            "a from b",
            "distinct a",
            "a > {b}",
            "a > ${b}",
            "a = :b",
            "a = ?",
        ),
        *(
            "a in (select b from c)",
            "exists(select 1)",
            "a; b",
            "cube(a)",
            "/*+ hint */ a",
            "a:b",
            "'",
        ),
        *("a where b", "(" * 3_000, "a + " * 6_000 + "a", "\0", "{{ a }}"),
    ],
)
def test_what_is_not_certain_is_not_read(text: str) -> None:
    assert read_expression(text) is None


@pytest.mark.parametrize(
    ("text", "given", "kind"),
    [
        ("a", ("a",), None),
        ("a as b", ("b",), None),
        ("a.b.c", ("c",), None),
        ("a[0].b", (), None),
        ("upper(a)", (), None),
        ("cast(a as long) as b", ("b",), "bigint"),
        ("cast(a as decimal(9, 2)) as b", ("b",), None),
        ("1 as b", ("b",), "int"),
        ("3000000000 as b", ("b",), None),
        ("explode(a) as (k, v)", ("k", "v"), None),
        ("current_date", (), None),
        ("* except (a)", (), None),
    ],
)
def test_names_that_an_expression_gives(
    text: str, given: tuple[str, ...], kind: str | None
) -> None:
    found = read_expression(text)
    assert found is not None
    assert not found.star
    assert (found.names, found.type) == (given, kind)


def test_a_star_gives_all_columns() -> None:
    assert read_expression(" * ") == SqlExpression((), star=True)


EASY = (
    *("a", "  a ", "*", "a > 1", " a>=1.5 AND b = 'x y' or c is not null", "date = '2020-01-01'"),
    *(
        "year != -3 and user_id<>4",
        "a == 'x' and b == 'and c = 1'",
        "set",
        "comment",
        "desc",
        "table",
    ),
    *(
        "timestamp > 'x'",
        "a = '\n' and b = 2",
        "order",
        "group = 1",
        "key = 'x'",
        "left = 1",
        "map",
    ),
    *("struct", "array", "first = 1", "range", "partition", "is_x is null", "andy > 1 and orb < 2"),
)


@pytest.mark.parametrize("text", EASY)
def test_what_is_read_without_the_parser_is_what_it_reads(text: str) -> None:
    assert easy_expression(text) is not None
    assert parsed_expression(text) == easy_expression(text)


@pytest.mark.parametrize(
    "text",
    ["true", "current_date", "a = b", "a = 1L", "a = 'it''s'", "interval", "user = 'x'", "a ="],
)
def test_what_only_the_parser_reads(text: str) -> None:
    assert easy_expression(text) is None


def test_the_parser_is_imported_only_for_a_text_of_sql() -> None:
    program = (
        "import sys\n"
        "from glue_compiler.analysis import analyze\n"
        "head = 'from pyspark.sql import functions as F\\ndef model(dbt, session):\\n'\n"
        'analyze(head + \'    df = dbt.ref("x").filter(F.col("a") > 1).filter("b is null")\\n    return df.selectExpr("*", "c")\\n\')\n'
        "assert 'sqlglot' not in sys.modules\n"
        'analyze(head + \'    return dbt.ref("x").filter("a > b")\\n\')\n'
        "assert 'sqlglot' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
