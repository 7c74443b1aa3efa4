"""Where a text of SQL has several statements, and where it has one."""

from __future__ import annotations

import pytest

from dbt.adapters.glue.sql_script import statements_of


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "select 1;",
        "select 1;\n-- that was all;\n/* and; nothing; more */ ;",
        "select ';', \";\", `a;b` from t",
        r"select 'it\'s; one', r'\'",
        "select 'two''s; one'",
        "select 1 -- it's; a comment\n, 2",
        "/* it's; /* in; here */ too; */ select 1",
        "select 1 /* never; closed",
        "BEGIN\n  declare x int; set x = 1;\nEND",
        "/* {'app': 'dbt'} */\n\n  begin select 1; end;",
    ],
)
def test_one_statement_is_sent_as_it_is(sql: str) -> None:
    assert statements_of(sql) == [sql]


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("set a = 1; select 2", ["set a = 1", " select 2"]),
        ("set a = ';';\nselect 2;\n", ["set a = ';'", "\nselect 2"]),
        ("set a = 1;;\n;\n-- no\nselect 2", ["set a = 1", "\n\n-- no\nselect 2"]),
        (
            "/* dbt */ use x; select `;`, r'\\'; drop table y",
            ["/* dbt */ use x", " select `;`, r'\\'", " drop table y"],
        ),
        ("select 1;\n\nselect\n2;", ["select 1", "\n\nselect\n2"]),
    ],
)
def test_several_are_sent_one_by_one(sql: str, statements: list[str]) -> None:
    assert statements_of(sql) == statements


def test_a_statement_keeps_its_line() -> None:
    """Spark names the line of an error."""
    *_, last = statements_of("set a = 1;\nset b = 2; /*\n*/\nselekt")
    assert last.split("\n")[3] == "selekt"
