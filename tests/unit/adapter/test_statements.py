"""Several statements in one text: where each ends, and where none does."""

from __future__ import annotations

import pytest
import sqlparse
from hypothesis import given
from hypothesis import strategies as st

from dbt.adapters.glue.statements import split_statements


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("", []),
        (" ; ;\n", []),
        ("-- nothing; here\n/* nor; here */", []),
        ("select 1", ["select 1"]),
        ("select 1;", ["select 1"]),
        ("a; b", ["a", "b"]),
        ("a;\n-- then\nb;\n", ["a", "-- then\nb"]),
        ("select ';' ; b", ["select ';'", "b"]),
        (r"select 'it\'s; one'; b", [r"select 'it\'s; one'", "b"]),
        (r"select '\\'; b", [r"select '\\'", "b"]),
        ("select 'it''s; one'; b", ["select 'it''s; one'", "b"]),
        ('select "a;b"; b', ['select "a;b"', "b"]),
        (r"select r'\'; b", [r"select r'\'", "b"]),
        ("select `a;b`, `c``;d`; b", ["select `a;b`, `c``;d`", "b"]),
        ("select 1 -- one; more\n; b", ["select 1 -- one; more", "b"]),
        ("/* a; /* b; */ c; */ select 1; b", ["/* a; /* b; */ c; */ select 1", "b"]),
        ("select /*+ hint; */ 1; b", ["select /*+ hint; */ 1", "b"]),
        ("select 1 /* open; b", ["select 1 /* open; b"]),
        ("select 'open; b", ["select 'open; b"]),
        ("create table t as select case when a then 1 end; b", ["create table t as select case when a then 1 end", "b"]),
        ("begin a; b; end", ["begin a; b; end"]),
        ("-- script\nBEGIN a; b; END;", ["-- script\nBEGIN a; b; END;"]),
        ("select begin; b", ["select begin", "b"]),
        ("set a=b\n dbt_next_query \ninsert into t select 1", ["set a=b", "insert into t select 1"]),
        ("select 'dbt_next_query' as dbt_next_query_2", ["select 'dbt_next_query' as dbt_next_query_2"]),
    ],
)  # fmt: skip
def test_the_statements_of_a_text(sql: str, parts: list[str]) -> None:
    assert split_statements(sql) == parts


def test_semicolons_may_be_left_alone() -> None:
    assert split_statements("a; b dbt_next_query c", semicolons=False) == ["a; b", "c"]
    assert split_statements("a; b", semicolons=False) == ["a; b"]


_PIECES = st.sampled_from(
    ["select 1", "from t", "'a;b'", "'it''s'", '"x;y"', "`a;b`", "-- c;d\n", "/* e;f */", ";", " ", "\n", "(select 2)"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12))
def test_it_agrees_with_sqlparse_where_that_knows_the_dialect(pieces: list[str]) -> None:
    sql = " ".join(pieces)
    expected = [
        part
        for part in (each.strip().rstrip(";").strip() for each in sqlparse.split(sql))
        if sqlparse.format(part, strip_comments=True).strip(" ;\n")
    ]
    found = split_statements(sql)
    assert [_bare(part) for part in found] == [_bare(part) for part in expected]


def _bare(sql: str) -> str:
    """Without comments and spaces: the two give a comment between statements to different ones."""
    return "".join(str(sqlparse.format(sql, strip_comments=True)).split()).rstrip(";")
