"""Functions of the project, made in each session whose statements call them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt
from glue_compiler.program.transport import function_sources

from dbt.adapters.glue.errors import StatementFailed

if TYPE_CHECKING:
    from dbt.adapters.glue.cursor import GlueHandle

pytestmark = pytest.mark.spark

FUNCTIONS_YML = """
functions:
  - name: gross
    arguments: [{name: price, data_type: double}, {name: rate, data_type: double, default_value: "0.25"}]
    returns: {data_type: double}
  - name: label
    arguments: [{name: price, data_type: double}]
    returns: {data_type: string}
  - name: longest
    config: {type: aggregate, entry_point: Longest, runtime_version: "3.11"}
    arguments: [{name: word, data_type: string}, {name: at_least, data_type: int}]
    returns: {data_type: string}
  - name: turned
    config: {entry_point: turned, runtime_version: "2.7"}
    arguments: [{name: word, data_type: string}]
    returns: {data_type: string}
"""

GROSS = "select price * (1 + rate)"
LABEL = "concat({{ function('turned') }}('=:'), cast(round({{ function('gross') }}(price), {{ var('digits', 1) }}) as string))"

LONGEST = """
class Longest:
    def __init__(self):
        self.found = None

    def accumulate(self, word, at_least):
        if word is not None and len(word) >= at_least and len(word) > len(self.found or ""):
            self.found = word

    def finish(self):
        return self.found
"""

TURNED = """
def reverse(word):
    return word[::-1]


def turned(word):
    return None if word is None else reverse(word)
"""

BASE = """
select 0 as part, 'a' as word, 10 as price union all select 0, 'abcd', 20
union all select 1, null, 30 union all select 1, 'xy', null
"""

PYTHON_MODEL = """
from pyspark.sql import functions as F


def model(dbt, session):
    rows = dbt.ref("words").select("price", F.expr("label(price)").alias("label"))
    return rows.withColumn("turned", F.call_udf("turned", F.col("label")))
"""


class TestProjectWithFunctions:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "enable_session_per_model": True}

    @pytest.fixture(scope="class")
    @classmethod
    def functions(cls) -> dict[str, str]:
        return {
            "gross.sql": GROSS,
            "label.sql": LABEL,
            "longest.py": LONGEST,
            "turned.py": TURNED,
            "functions.yml": FUNCTIONS_YML,
        }

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "words.sql": "{{ config(materialized='table') }}" + BASE,
            "labelled.sql": "{{ config(materialized='ephemeral') }}"
            "select part, {{ function('label') }}(price) as label from {{ ref('words') }}",
            "labels.sql": "{{ config(materialized='table') }} select * from {{ ref('labelled') }}",
            "grouped.sql": "{{ config(materialized='incremental', unique_key='part') }}"
            "select part, {{ function('longest') }}(word, 2) as longest from {{ ref('words') }} "
            "group by part having {{ function('longest') }}(word, 1) is not null",
            "from_python.py": PYTHON_MODEL,
            "seen.sql": "{{ config(materialized='view', enabled=var('views', false)) }}"
            "select {{ function('gross') }}(price) as price from {{ ref('words') }}",
        }

    @pytest.fixture(scope="class")
    @classmethod
    def tests(cls) -> dict[str, str]:
        return {
            "none_is_free.sql": "select * from {{ ref('words') }} where {{ function('gross') }}(price) <= 0"
        }

    def rows(self, project: Any, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = project.run_sql(sql, fetch="all")
        return found

    def test_every_kind_of_node_may_call_them_each_in_a_session_of_its_own(
        self, project: Any
    ) -> None:
        results = run_dbt(["build"])
        assert {result.node.name: str(result.status) for result in results} == {
            **dict.fromkeys(("gross", "label", "longest", "turned"), "success"),
            **dict.fromkeys(("words", "labels", "grouped", "from_python"), "success"),
            "none_is_free": "pass",
        }
        labels = "select part, label from labels order by part, label"
        assert self.rows(project, labels) == [
            (0, ":=12.5"),
            (0, ":=25.0"),
            (1, None),
            (1, ":=37.5"),
        ]
        grouped = self.rows(project, "select part, longest from grouped order by part")
        assert grouped == [(0, "abcd"), (1, "xy")]
        turned = self.rows(project, "select price, turned from from_python where price = 10")
        assert turned == [(10, "5.21=:")]

    def test_a_function_that_is_not_selected_is_there_as_its_file_says(self, project: Any) -> None:
        run_dbt(["run", "--select", "labels", "--vars", "digits: 0"])
        found = self.rows(project, "select label from labels where part = 0 order by label")
        assert found == [(":=13.0",), (":=25.0",)]

    def test_list_and_show(self, project: Any) -> None:
        listed = run_dbt(["list", "--resource-type", "function"])
        assert sorted(listed) == [
            f"test.{name}" for name in ("gross", "label", "longest", "turned")
        ]
        shown = run_dbt(["show", "--inline", "select {{ function('gross') }}(100, 1) as price"])
        assert [float(row[0]) for row in shown.results[0].agate_table.rows] == [200.0]

    def test_a_view_cannot_call_one(self, project: Any) -> None:
        results = run_dbt(["run", "--select", "seen", "--vars", "views: true"], expect_pass=False)
        (message,) = [str(result.message) for result in results]
        assert "seen.sql is a view, and calls gross" in message
        assert "Materialize it as a table" in message


def definition(name: str, body: str, returns: str = "double", **more: Any) -> dict[str, Any]:
    arguments = more.pop("arguments", {"price": "double"})
    made = {
        "name": name,
        "path": f"functions/{name}.sql",
        "language": "sql",
        "kind": "scalar",
        "body": body,
        "returns": returns,
        "arguments": [
            {"name": key, "type": kind, "default": None} for key, kind in arguments.items()
        ],
        "deterministic": True,
        "runtime_version": "3.11",
        "entry_point": name,
        **more,
    }
    return {**made, "digest": str(hash(str(made)))}


def python(name: str, returned: str, returns: str) -> dict[str, Any]:
    body = f"def {name}(price):\n    import datetime, decimal\n    import numpy as np\n    return {returned}\n"
    return definition(name, body, returns, language="python")


def answer(shared: GlueHandle, sql: str, *functions: dict[str, Any]) -> Any:
    more = {"functions": list(functions), "function_sources": function_sources()}
    shared.call("use_functions", more)
    cursor = shared.cursor()
    cursor.execute(sql)
    row = cursor.fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (definition("upper", "price"), "Spark has a function of this name"),
        (definition("f1", "price", "money"), "what it returns has the data_type 'money'"),
        (
            definition("f2", "price", arguments={"price": "int) + cast(1 as int"}),
            "the argument price has the data_type 'int) + cast(1 as int'",
        ),
        (definition("f3", "price + tax"), "its body reads tax, which is no argument of it: price"),
        (definition("f4", "select price from t"), "its body reads tables"),
        (definition("f5", "price + (select max(id) from t)"), "its body has a query in it"),
        (definition("f6", "select price, 1"), "its SELECT has 2 columns"),
        (definition("f7", "price +"), "Syntax error"),
        (definition("f8", "  ;"), "its file is empty"),
        (definition("f9", "count(price.*)"), "its body has a `*`"),
        (definition("f10", "def f(", language="python"), "SyntaxError"),
        (definition("f11", "x = 1", language="python"), "its file has no f11"),
        (
            definition("F12", "def F12(): pass", language="python", kind="aggregate"),
            "F12 is no class with the methods accumulate and finish",
        ),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_what_cannot_be_a_function_is_told_by_name(
    shared: GlueHandle, made: dict[str, Any], told: str
) -> None:
    with pytest.raises(StatementFailed) as raised:
        answer(shared, "select 1", made)
    assert f"the function {made['name']} ({made['path']}): " in str(raised.value)
    assert told in str(raised.value)


def test_a_call_that_does_not_fit_is_told(shared: GlueHandle) -> None:
    twice = definition("twice", "price + price")
    with pytest.raises(StatementFailed, match="twice takes 1 argument, and is called with 2"):
        answer(shared, "select twice(1, 2)", twice)
    with pytest.raises(StatementFailed, match="reads its argument price more than once, and rand"):
        answer(shared, "select twice(rand())", twice)


def test_arguments_and_values_have_the_types_that_are_declared(shared: GlueHandle) -> None:
    described = definition("described", "typeof(price)", "string", arguments={"price": "int"})
    assert answer(shared, "select described('7')", described) == "int"
    assert answer(shared, "select typeof(whole(1.7))", definition("whole", "price", "int")) == "int"
    within = definition(
        "within", "exists(all, each -> each = one.at)", "boolean",
        arguments={"all": "array<int>", "one": "struct<at: int>"},
    )  # fmt: skip
    assert answer(shared, "select within(array(1, 2), named_struct('at', 2))", within) is True


@pytest.mark.parametrize(
    ("returned", "returns", "expected"),
    [
        ("2", "double", 2.0),
        ("np.float64(price)", "float", 1.5),
        ("np.int64(7)", "int", 7),
        ("7", "decimal(5,2)", Decimal("7.00")),
        ("decimal.Decimal('7.25')", "double", 7.25),
        ("datetime.date(2026, 1, 2)", "date", datetime.date(2026, 1, 2)),
        ("[1, 2]", "array<int>", [1, 2]),
        ("str(price)", "varchar(10)", "1.5"),
        ("None", "int", None),
    ],
)
def test_a_value_of_python_is_what_is_declared(
    shared: GlueHandle, returned: str, returns: str, expected: object
) -> None:
    function = python("given", returned, returns)
    assert answer(shared, "select given(1.5)", function) == expected


@pytest.mark.parametrize(
    ("returned", "returns", "told"),
    [
        ("price", "int", "the function wrong returned 1.5 (float), which is no int"),
        ("'7'", "double", "the function wrong returned '7' (str), which is no double"),
        ("3_000_000_000", "int", "the function wrong returned 3000000000, too much for int"),
        ("7", "string", "the function wrong returned 7 (int), which is no string"),
    ],
)
def test_a_value_of_another_type_is_an_error_and_not_null(
    shared: GlueHandle, returned: str, returns: str, told: str
) -> None:
    with pytest.raises(StatementFailed) as raised:
        answer(shared, "select wrong(1.5)", python("wrong", returned, returns))
    assert told in str(raised.value)


def test_one_that_changes_is_made_anew(shared: GlueHandle) -> None:
    assert answer(shared, "select changing(1)", definition("changing", "price + 1")) == 2.0
    assert answer(shared, "select changing(1)", definition("changing", "price + 2")) == 3.0


def test_python_that_is_not_deterministic_is_so_for_spark(shared: GlueHandle) -> None:
    lucky = {**python("lucky", "price", "double"), "deterministic": False, "digest": "other"}
    twice = definition("twice", "price + price")
    with pytest.raises(StatementFailed, match="more than once"):
        answer(shared, "select twice(lucky(1))", twice, lucky)
