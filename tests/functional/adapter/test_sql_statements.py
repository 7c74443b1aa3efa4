"""SQL through a session: once, typed, unmangled, at any size, with errors that point at the SQL."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import StatementFailed
from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

    from dbt.adapters.glue.cursor import GlueHandle

pytestmark = pytest.mark.spark


def rows(handle: GlueHandle, sql: str) -> list[tuple[Any, ...]]:
    cursor = handle.cursor()
    cursor.execute(sql)
    return cursor.fetchall()


def test_one_sql_is_one_statement(handle: GlueHandle, wire: Any) -> None:
    for number in range(5):
        assert rows(handle, f"select {number} as n") == [(number,)]
    assert len(wire.statements()) == 5
    assert wire.count()["RunStatement"] == 6  # and one bootstrap
    assert wire.count()["CreateSession"] == 1


def test_a_query_runs_once(shared: GlueHandle) -> None:
    """A function that counts its calls is the witness, with rows fetched and without."""
    shared.run(
        [
            (
                "seen = spark.sparkContext.accumulator(0)\n"
                "def witness(x):\n    seen.add(1)\n    return x\n\n"
                "_ = spark.udf.register('witness', witness, 'bigint')"
            )
        ]
    )
    assert rows(shared, "select witness(id) from range(10)") == [(n,) for n in range(10)]
    assert shared.run(["seen.value"]).text.strip() == "10"
    shared.cursor().execute("select witness(id) from range(10)", fetch=False)
    assert shared.run(["seen.value"]).text.strip() == "20"


@pytest.mark.parametrize(
    "text",
    [
        r"back\slash \d+ \n \t \\",
        'it\'s "quoted" \'\'\'thrice\'\'\' """and again"""',
        "snow ☃ clef 𝄞 umlaut ü null-ish \x01",
        "lines\nof\r\ntext\ttabbed",
        "{{ braces }} {% blocks %} $dollar %s percent `ticks`",
        "ends with a quote'",
        "ends with a backslash\\",
        "<<dbt-glue:0123456789abcdef>>{}",
    ],
)
def test_text_arrives_as_it_is(shared: GlueHandle, text: str) -> None:
    literal = "".join(f"\\u{unit:04x}" for unit in _utf16(text))
    assert rows(shared, f"select '{literal}' as t") == [(text,)]


def _utf16(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def test_backslashes_reach_spark_as_written(shared: GlueHandle) -> None:
    assert rows(shared, r"select 'a1b' rlike '\\d+', length('\\')") == [(True, 1)]


def test_types_round_trip(shared: GlueHandle) -> None:
    cursor = shared.cursor()
    cursor.execute(
        """
        select true as b, cast(7 as tinyint) as y, 9007199254740993 as l,
          cast('12345678901234567890.123456789' as decimal(38,9)) as dec,
          double('nan') as nan, double('-inf') as inf, cast(0.1 as double) as dbl,
          date'0001-01-01' as d, timestamp'2024-03-31 02:30:00.123456' as ts,
          unhex('00ff10') as bin, array(1, null) as arr, map('k', date'2024-01-02') as m,
          named_struct('a', 1, 'b', array(named_struct('c', 'x'))) as st,
          cast(null as string) as nothing
        """
    )
    row = cursor.fetchone()
    assert row is not None
    names = [column[0] for column in cursor.description or ()]
    got = dict(zip(names, row, strict=True))
    assert str(got.pop("nan")) == "nan"
    assert got == {
        "b": True,
        "y": 7,
        "l": 9007199254740993,
        "dec": Decimal("12345678901234567890.123456789"),
        "inf": float("-inf"),
        "dbl": 0.1,
        "d": date(1, 1, 1),
        "ts": datetime(2024, 3, 31, 2, 30, 0, 123456),
        "bin": b"\x00\xff\x10",
        "arr": [1, None],
        "m": {"k": date(2024, 1, 2)},
        "st": {"a": 1, "b": [{"c": "x"}]},
        "nothing": None,
    }
    types = {column[0]: column[1] for column in cursor.description or ()}
    assert types["dec"] == "decimal(38,9)"
    assert types["st"] == "struct<a:int,b:array<struct<c:string>>>"
    assert types["m"] == "map<string,date>"


def test_large_results_come_in_pages(handle: GlueHandle, wire: Any) -> None:
    cursor = handle.cursor()
    cursor.execute("select id, sha2(cast(id as string), 256) as h from range(100000)")
    first = cursor.fetchmany(10)
    sent = len(wire.statements())
    got = first + cursor.fetchall()
    assert [row[0] for row in got] == list(range(100_000))
    assert sent == 1
    assert len(wire.statements()) > 2
    assert all("sql_page" in code for code in wire.statements()[1:])


def test_what_glue_cuts_is_asked_for_in_smaller_pages(handle: GlueHandle, wire: Any) -> None:
    wire.output_limit = 30_000
    cursor = handle.cursor()
    cursor.execute("select id, sha2(cast(id as string), 256) as h from range(5000)")
    assert [row[0] for row in cursor.fetchall()] == list(range(5000))
    assert [column[0] for column in cursor.description or ()] == ["id", "h"]
    assert sum("sha2" in code or "payload" in code for code in wire.statements()) <= 1
    again = handle.cursor()  # what was learned is kept
    sent = len(wire.statements())
    again.execute("select id, sha2(cast(id as string), 256) as h from range(100)")
    assert len(again.fetchall()) == 100
    assert len(wire.statements()) == sent + 1
    wire.output_limit = 5_000
    with pytest.raises(StatementFailed, match="RowTooLong: a row of"):
        handle.cursor().execute(
            "select concat_ws('', collect_list(sha2(cast(id as string), 512))) as u from range(1000)"
        )


def test_a_limit_is_the_sessions_work(handle: GlueHandle, wire: Any) -> None:
    cursor = handle.cursor()
    cursor.execute("select id from range(1000000000)", limit=3)
    assert cursor.fetchall() == [(0,), (1,), (2,)]
    assert len(wire.statements()) == 1


def test_sql_longer_than_a_statement(handle: GlueHandle, wire: Any) -> None:
    text = (
        "".join(chr(33 + (number * 7919) % 57) for number in range(200_000))
        .replace("'", "_")
        .replace("\\", "_")
    )
    assert rows(handle, f"select length('{text}')") == [(200_000,)]
    assert all(len(code) <= 68_000 for code in wire.statements())


def test_an_incompressible_sql_goes_in_parts(handle: GlueHandle, wire: Any) -> None:
    import random

    text = "".join(
        random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH", k=150_000)
    )
    assert rows(handle, f"select md5('{text}') is not null") == [(True,)]
    assert len(wire.statements()) > 1
    assert all(len(code) <= 68_000 for code in wire.statements())


def test_ddl_runs_without_fetch_and_queries_have_their_effect(shared: GlueHandle) -> None:
    shared.cursor().execute("create or replace temporary view v as select 1 as a", fetch=False)
    assert rows(shared, "select a from v") == [(1,)]
    with pytest.raises(StatementFailed, match="oh no"):
        shared.cursor().execute("select raise_error('oh no')", fetch=False)


def test_an_unknown_column_points_at_its_line(shared: GlueHandle) -> None:
    with pytest.raises(StatementFailed) as caught:
        shared.cursor().execute("select 1 as a,\n  nope as b\nfrom range(1)")
    message = caught.value.msg
    assert "UNRESOLVED_COLUMN" in message
    assert "line 2:   nope as b" in message
    assert message.splitlines()[-1].strip() == "^"
    assert "Project" not in message
    assert "SqlWrapper" not in message
    assert "Traceback" not in message


def test_a_syntax_error_points_at_its_line(shared: GlueHandle) -> None:
    with pytest.raises(StatementFailed) as caught:
        shared.cursor().execute("select 1\nfrom (select 2\nwhere")
    assert "PARSE_SYNTAX_ERROR" in caught.value.msg
    assert "== SQL ==" not in caught.value.msg
    assert "line 3: where" in caught.value.msg


def test_the_session_goes_on_after_an_error(handle: GlueHandle, wire: Any) -> None:
    with pytest.raises(StatementFailed):
        rows(handle, "select nope")
    assert rows(handle, "select 1") == [(1,)]
    assert wire.count()["CreateSession"] == 1


def test_rows_written_are_counted(shared: GlueHandle) -> None:
    cursor = shared.cursor()
    cursor.execute("drop table if exists default.counted")
    cursor.execute(
        "create table default.counted using parquet location 's3://dbt-glue-local/warehouse/counted' as select id from range(7)",
        fetch=False,
    )
    cursor.execute("insert into default.counted select id from range(5)", fetch=False)
    assert cursor.response.rows_affected == 5
    assert cursor.response.query_id
    cursor.execute("drop table default.counted", fetch=False)


def test_what_users_print_is_no_result(shared: GlueHandle) -> None:
    shared.run(["print('left over')"])
    assert rows(shared, "select 1") == [(1,)]


def test_another_database_lasts_no_longer_than_its_statement(
    shared: GlueHandle, endpoint: EndpointHandle
) -> None:
    client_of(endpoint).create_database(DatabaseInput={"Name": "elsewhere"})
    assert rows(shared, "select current_database()") == [("default",)]
    rows(shared, "use elsewhere")
    assert rows(shared, "select current_database()") == [("default",)]
    shared.run(["_ = spark.sql('use elsewhere')"])
    assert rows(shared, "select current_database()") == [("default",)]
