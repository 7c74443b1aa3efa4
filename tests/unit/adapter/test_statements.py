"""Several statements in one text: where each ends, and where none does."""

from __future__ import annotations

import pytest
import sqlparse
from hypothesis import given
from hypothesis import strategies as st

from dbt.adapters.glue.statements import statements_of


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
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
        ("set a = 1; begin a; b; end; c", ["set a = 1", "begin a; b; end; c"]),
        ("select begin; b", ["select begin", "b"]),
        ("set a=b\n dbt_next_query \ninsert into t select 1", ["set a=b", "insert into t select 1"]),
        ("select 'dbt_next_query' as dbt_next_query_2", ["select 'dbt_next_query' as dbt_next_query_2"]),
    ],
)  # fmt: skip
def test_the_statements_of_a_text(sql: str, parts: list[str]) -> None:
    assert [part.strip() for part in statements_of(sql)] == parts


@pytest.mark.parametrize(
    "sql",
    [
        "",
        " ; ;\n",
        "-- nothing; here\n/* nor; here */",
        "select 1",
        "select 1;",
        "select 1;\n-- that was all;\n/* and; nothing; more */ ;",
        "-- script\nBEGIN a; b; END;",
        "/* {'app': 'dbt'} */\n\n  begin select 1; end;",
    ],
)
def test_one_statement_is_sent_as_it_is(sql: str) -> None:
    assert statements_of(sql) == [sql]


def test_a_statement_keeps_its_line() -> None:
    """Spark names the line of an error."""
    *_, last = statements_of("set a = 1;\nset b = 2; /*\n*/\nselekt")
    assert last.split("\n")[3] == "selekt"


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
    found = [bare for part in statements_of(sql) if (bare := _bare(part))]
    assert found == [_bare(part) for part in expected]


def _bare(sql: str) -> str:
    """Without comments and spaces: the two give a comment between statements to different ones."""
    return "".join(str(sqlparse.format(sql, strip_comments=True)).split()).strip(";")
