"""What a validation finds in a model, with the real engine and without a row being written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Validate = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.spark

HEAD = "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"


def body(*lines: str, head: str = HEAD) -> str:
    return head + "".join(f"    {line}\n" for line in lines)


def found(result: dict[str, Any], code: str) -> dict[str, Any]:
    """The one diagnostic of a code."""
    (item,) = [item for item in result["diagnostics"] if item["code"].startswith(code)]
    return dict(item)


def marked(text: str, item: dict[str, Any]) -> str:
    """The text that a diagnostic points at."""
    start, end = item["span"]
    return text[start:end]


def line_of(text: str, item: dict[str, Any]) -> int:
    return text.count("\n", 0, item["span"][0]) + 1


def test_an_ephemeral_model_is_read_by_its_sql(validate: Validate, shop: Path) -> None:
    (shop / "models" / "cleaned.sql").write_text(
        "{{ config(materialized='ephemeral') }} select id, 'x' as mark from {{ ref('orders') }}"
    )
    (shop / "models" / "counted.sql").write_text(
        "{{ config(materialized='ephemeral') }} select mark, count(*) as n from {{ ref('cleaned') }} group by mark"
    )
    try:
        result = validate(body("return dbt.ref('counted').where(F.col('mark') == 'x')"))
        assert result["ok"], result
        assert result["columns"] == [["mark", "string", False], ["n", "bigint", False]]
        wrong = validate(body("return dbt.ref('counted').select('no_such')"))
        assert not wrong["ok"]
        assert "`n`" in found(wrong, "UNRESOLVED_COLUMN")["help"]
    finally:
        (shop / "models" / "cleaned.sql").unlink()
        (shop / "models" / "counted.sql").unlink()


def test_a_model_may_call_a_function_of_the_project(validate: Validate, shop: Path) -> None:
    (shop / "functions").mkdir()
    (shop / "functions" / "doubled.sql").write_text("amount * {{ var('times', 2) }}")
    (shop / "functions" / "doubled.yml").write_text(
        "functions: [{name: doubled, arguments: [{name: amount, data_type: int}], returns: {data_type: bigint}}]"
    )
    try:
        result = validate(body("return dbt.ref('orders').select(F.expr('doubled(id)').alias('d'))"))
        assert result["ok"], result
        assert result["columns"] == [["d", "bigint", True]]
    finally:
        for file in (shop / "functions").iterdir():
            file.unlink()
        (shop / "functions").rmdir()


def test_a_good_model_gives_its_columns_and_nothing_else(validate: Validate) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "return orders.groupBy('customer').agg(F.sum('amount').alias('spent'))",
    )
    result = validate(text)
    assert result["ok"]
    assert result["kind"] == "spark"
    assert result["columns"] == [["customer", "string", True], ["spent", "decimal(20,2)", True]]
    assert result["sampleRows"] is None
    assert result["diagnostics"] == []


def test_an_unknown_column_is_found_by_spark_at_the_line_with_its_suggestion(
    validate: Validate,
) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "orders = orders.filter(F.col('id') > 0)",
        "return orders.select('customer', F.col('amuont').alias('spent'))",
    )
    result = validate(text)
    item = found(result, "UNRESOLVED_COLUMN")
    assert not result["ok"]
    assert line_of(text, item) == 7
    assert marked(text, item) == "amuont"
    assert item["severity"] == "error"
    assert "`amount`" in item["help"]
    assert item["fixes"][0]["edits"][0]["new_text"] == "amount"


def test_an_ambiguous_column_names_its_sides(validate: Validate) -> None:
    text = body(
        "a = dbt.ref('orders').alias('a')",
        "b = dbt.ref('orders').alias('b')",
        "joined = a.join(b, F.col('a.id') == F.col('b.id'))",
        "return joined.select('id')",
    )
    item = found(validate(text), "AMBIGUOUS_REFERENCE")
    assert line_of(text, item) == 8
    assert "a.id" in item["help"]
    assert "b.id" in item["help"]
    assert item["fixes"] == []


def test_a_type_mismatch_is_found(validate: Validate) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "return orders.withColumn('x', F.explode('customer'))",
    )
    item = found(validate(text), "DATATYPE_MISMATCH")
    assert line_of(text, item) == 6


def test_a_pandas_model_runs_on_a_sample_and_says_so(validate: Validate) -> None:
    text = body(
        "orders = dbt.ref('orders').toPandas()",
        "print(len(orders), 'rows')",
        "orders['spent'] = orders['amount'].astype('float64')",
        "return orders[['customer', 'spent']]",
    )
    result = validate(text, rows=1)
    assert result["kind"] == "pandas"
    assert result["columns"] == [["customer", "string", True], ["spent", "double", True]]
    assert result["output"] == "1 rows\n"
    assert result["sampleRows"] == 1
    sampled = found(result, "GLU624")
    assert line_of(text, sampled) == 5
    assert "at most 1 row" in sampled["message"]
    assert "double" in found(result, "GLU621")["message"]


def test_a_model_that_returns_early_from_empty_input_is_validated_on_its_real_way(
    validate: Validate,
) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "if orders.isEmpty():",
        "    return orders.select('id')",
        "return orders.select('customer', F.col('amount').cast('decimal(20,2)').alias('spent'))",
    )
    result = validate(text)
    assert [column[0] for column in result["columns"]] == ["customer", "spent"]
    assert line_of(text, found(result, "GLU624")) == 6


def test_a_model_that_catches_everything_is_still_validated(validate: Validate) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "try:",
        "    rows = orders.count()",
        "except BaseException:",
        "    raise ValueError('no rows')",
        "return orders.withColumn('rows', F.lit(rows))",
    )
    result = validate(text)
    assert result["ok"]
    assert result["columns"][-1][:2] == ["rows", "int"]


@pytest.mark.parametrize(
    "write",
    [
        "orders.write.mode('overwrite').saveAsTable(str(dbt.this))",
        "orders.write.insertInto(dbt.this.schema + '.orders', overwrite=True)",
        "session.sql('drop table orders')",
        "session.sql('insert into orders select * from orders')",
        "session.sql('with x as (select 1L, 2, 3) insert into orders select * from x')",
        "session.sql('create table copied as select * from orders')",
        "session.sql('truncate table {t}', t=orders)",
        "orders.writeTo('orders').append()",
        "orders.rdd.saveAsTextFile('/tmp/never-written')",
        "orders.toPandas().to_csv('/tmp/never-written.csv')",
    ],
)
def test_what_writes_is_refused_and_the_table_stays(
    validate: Validate, glue: Any, write: str
) -> None:
    def state() -> Any:
        tables = glue.get_tables(DatabaseName="shop_validation")["TableList"]
        return [(table["Name"], table["StorageDescriptor"]) for table in tables]

    before = state()
    text = body("orders = dbt.ref('orders')", write, "return orders")
    result = validate(text)
    assert not result["ok"]
    item = found(result, "GLU625") if "truncate" not in write else result["diagnostics"][-1]
    assert line_of(text, item) == 6
    assert state() == before


def test_queries_and_temporary_views_are_allowed(validate: Validate) -> None:
    text = body(
        "dbt.ref('orders').createOrReplaceTempView('o')",
        "session.sql('create temporary view p as select * from o')",
        "session.sql('set spark.sql.shuffle.partitions=3')",
        "return session.sql('select customer, cast(amount as decimal(20,2)) spent from p')",
    )
    result = validate(text)
    assert result["ok"], result
    assert result["diagnostics"] == []


def test_an_error_of_the_model_itself_is_at_its_line(validate: Validate) -> None:
    text = body("orders = dbt.ref('orders')", "x = 1 / 0", "return orders")
    item = found(validate(text), "GLU620")
    assert line_of(text, item) == 6
    assert "ZeroDivisionError" in item["message"]


def test_a_table_that_is_not_built_says_what_to_do(validate: Validate, shop: Path) -> None:
    (shop / "models/unbuilt.sql").write_text("select 1 as id")
    text = body("return dbt.ref('unbuilt')")
    item = found(validate(text), "TABLE_OR_VIEW_NOT_FOUND")
    assert "dbt run" in item["help"]


def test_what_is_returned_is_compared_with_yaml_at_the_return(validate: Validate) -> None:
    text = body(
        "orders = dbt.ref('orders')",
        "return orders.select(",
        "    'customer',",
        "    F.col('amount'))",
    )
    item = found(validate(text), "GLU621")
    assert line_of(text, item) == 6
    assert "`spent` is declared and not returned" in item["message"]
