"""What functions of pyspark.sql.functions give, as stored."""

from __future__ import annotations

import pytest
from glue_compiler.knowledge.functions import ORDER_DEPENDENT, UDF_MAKERS, VOLATILE, spark_function


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("count", "bigint"),
        ("upper", "string"),
        ("to_date", "date"),
        ("length", "int"),
        ("row_number", "int"),
        ("sum", None),
        ("coalesce", None),
        ("col", None),
        ("when", None),
        ("map_keys", None),
    ],
)
def test_a_result_type_is_known_only_where_arguments_do_not_change_it(
    name: str, result: str | None
) -> None:
    function = spark_function(name, "5.0")
    assert function is not None
    assert function.result == result


def test_aggregates_windows_and_generators_are_told_apart() -> None:
    kinds = {}
    for name in ("sum", "row_number", "explode", "upper"):
        function = spark_function(name, "5.0")
        assert function is not None
        kinds[name] = (function.aggregate, function.window, function.generator)
    assert kinds == {
        "sum": (True, False, False),
        "row_number": (False, True, False),
        "explode": (False, False, True),
        "upper": (False, False, False),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("rand", "randn", "monotonically_increasing_id", "spark_partition_id", "shuffle"),
        *("current_timestamp", "current_date", "first", "collect_list", "udf", "pandas_udf"),
    ],
)
def test_functions_that_may_answer_differently_are_not_repeatable(name: str) -> None:
    function = spark_function(name, "5.0")
    assert function is not None
    assert not function.repeatable


@pytest.mark.parametrize("name", ["upper", "col", "sum", "max", "count", "to_date"])
def test_plain_functions_are_repeatable(name: str) -> None:
    function = spark_function(name, "5.0")
    assert function is not None
    assert function.repeatable


def test_a_function_that_this_spark_lacks_is_none() -> None:
    assert spark_function("any_value", "4.0") is None
    assert spark_function("any_value", "5.0") is not None
    assert spark_function("zzyzx", "5.0") is None


def test_every_listed_name_is_a_function_of_the_newest_spark() -> None:
    for name in VOLATILE | ORDER_DEPENDENT | UDF_MAKERS:
        assert spark_function(name, "6.0") is not None, name
