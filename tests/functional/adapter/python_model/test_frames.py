"""What a model returns and the table that becomes of it: kinds of frames, types, names."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark

AWKWARD = """
import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd


def model(dbt, session):
    return pd.DataFrame(
        {
            "Id": np.array([1, 2], dtype="int32"),
            "amount": [1.5, np.nan],
            "name": ["a", np.nan],
            "flag": [True, None],
            "day": [dt.date(2024, 2, 29), None],
            "moment": pd.to_datetime(["2024-07-01 12:00:00.123456789", None]),
            "zoned": pd.to_datetime(["2024-07-01 12:00", None]).tz_localize("America/New_York"),
            "price": [Decimal("9.90"), None],
            "count": pd.array([2**60 + 1, None], dtype="Int64"),
            "kind": pd.Categorical(["x", None]),
            "tags": [["a", "b"], []],
            "scores": [{"k": 1.5}, None],
            "raw": [b"\\x00\\xff", None],
        }
    )
"""

EMPTY = """
import pandas as pd


def model(dbt, session):
    return pd.DataFrame({"id": pd.Series([], dtype="int64"), "name": pd.Series([], dtype=object)})
"""

VOID = """
from pyspark.sql.functions import lit


def model(dbt, session):
    return session.range(2).select("id", lit(None).alias("later"))
"""

PARTITIONED = """
def model(dbt, session):
    dbt.config(partition_by=["day"], table_properties={"it's": "a \\\\ value"})
    return session.createDataFrame([(1, "mon"), (2, "tue"), (3, "tue")], ["id", "day"])
"""

NAMES = """
def model(dbt, session):
    return session.range(1).selectExpr("id as CamelCase", "id as `größe`", "id as `a.b`")
"""


class TestFrames:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "awkward.py": AWKWARD,
            "empty.py": EMPTY,
            "void.py": VOID,
            "partitioned.py": PARTITIONED,
            "names.py": NAMES,
        }

    def rows(self, project, query):
        return [
            tuple(row)
            for row in project.run_sql(query.format(schema=project.test_schema), fetch="all")
        ]

    def test_pandas_types_are_kept(self, project):
        results = run_dbt(["run", "-s", "awkward"])
        assert results[0].adapter_response["columns"] == [
            ["Id", "int"],
            ["amount", "double"],
            ["name", "string"],
            ["flag", "boolean"],
            ["day", "date"],
            ["moment", "timestamp"],
            ["zoned", "timestamp"],
            ["price", "decimal(38,18)"],
            ["count", "bigint"],
            ["kind", "string"],
            ["tags", "array<string>"],
            ["scores", "map<string,double>"],
            ["raw", "binary"],
        ]
        assert results[0].adapter_response["rows_affected"] == 2
        first, second = self.rows(
            project,
            "select id, amount, name, flag, day, moment, price, count, kind, tags, scores, raw,"
            " unix_timestamp(zoned) from {schema}.awkward order by id",
        )
        assert first == (
            1,
            1.5,
            "a",
            True,
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 7, 1, 12, 0, 0, 123456),
            Decimal("9.900000000000000000"),
            2**60 + 1,
            "x",
            ["a", "b"],
            {"k": 1.5},
            b"\x00\xff",
            1719849600,
        )
        assert second == (2, *[None] * 8, [], None, None, None)

    def test_an_empty_pandas_frame_makes_an_empty_table(self, project):
        _, log = run_dbt_and_capture(["run", "-s", "empty"])
        assert self.rows(project, "select * from {schema}.empty") == []
        assert (
            "models/empty.py: column name has no value that tells its type, and is stored as string"
            in log
        )

    def test_a_column_of_nulls_is_a_string_and_a_warning(self, project):
        results, log = run_dbt_and_capture(["run", "-s", "void"])
        assert results[0].adapter_response["columns"] == [["id", "bigint"], ["later", "string"]]
        assert (
            "models/void.py: column later has only NULL and no type, and is stored as string" in log
        )
        assert self.rows(project, "select later from {schema}.void") == [(None,), (None,)]

    def test_partitions_and_properties(self, project):
        run_dbt(["run", "-s", "partitioned"])
        partitions = self.rows(project, "show partitions {schema}.partitioned")
        assert sorted(partitions) == [("day=mon",), ("day=tue",)]
        properties = dict(self.rows(project, "show tblproperties {schema}.partitioned"))
        assert properties["it's"] == "a \\ value"

    def test_names_in_upper_case_and_beyond_ascii(self, project):
        run_dbt(["run", "-s", "names"])
        assert self.rows(project, "select camelcase, `größe`, `a.b` from {schema}.names") == [
            (0, 0, 0)
        ]


WRONG = {
    "nothing": ("pass", "model() returned None (is a `return df` missing on one of its paths?)"),
    "tuple": (
        "return session.range(1), 2",
        "model() returned a tuple of 2 values (return one DataFrame; a model makes one table)",
    ),
    "text": ('return "orders"', "model() returned a str (return the DataFrame itself"),
    "grouped": ('return session.range(1).groupBy("id")', "(add the aggregation: .agg(...)"),
    "series": ("import pandas\n    return pandas.Series([1])", "(return series.to_frame())"),
    "twice": (
        'return session.range(1).selectExpr("id", "id as ID")',
        "columns of the same name, which Spark tells apart by nothing but case: id/ID (columns 1, 2)",
    ),
    "spaces": (
        'return session.range(1).selectExpr("id as `first name`")',
        (
            "cannot be called 'first name': names are not empty and hold no spaces and none of "
            ", ; { } ( ) = and line breaks. Rename 'first name' to 'first_name'"
        ),
    ),
    "mixed": (
        "import pandas\n    return pandas.DataFrame({'code': [1, 'x']})",
        "column code mixes types: 1 (int) in row 0 and 'x' (str) in row 1",
    ),
    "duration": (
        "import pandas\n    return pandas.DataFrame({'took': pandas.to_timedelta([1], 's')})",
        "make it seconds as a number: df['took'].dt.total_seconds()",
    ),
    "partition": (
        'dbt.config(partition_by="dya")\n    return session.range(1)',
        "partition_by names dya, but the returned frame has the columns id",
    ),
}


class TestResultsThatAreNoTable:
    """Each says what came back and what to return instead. `globals()` hides the value from the checks of the text."""

    @pytest.fixture(scope="class")
    def models(self):
        return {
            f"wrong_{name}.py": f"def made(dbt, session):\n    {body}\n\n\n"
            "def model(dbt, session):\n"
            '    result = globals()["made"](dbt, session)\n    return result\n'
            for name, (body, _) in WRONG.items()
        }

    @pytest.fixture(scope="class")
    def messages(self, project):
        results = run_dbt(["run"], expect_pass=False)
        return {result.node.name: result.message for result in results}

    @pytest.mark.parametrize("name", WRONG)
    def test_message(self, messages, name):
        message = messages[f"wrong_{name}"]
        assert f"models/wrong_{name}.py: " in message
        assert WRONG[name][1] in message
