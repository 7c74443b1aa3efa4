"""Actions on the returned frame read what was written: the same table and the same values, evaluated once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import Optimize, RunContext
from written import both_into

if TYPE_CHECKING:
    from pathlib import Path

    from sessions import Outcome

TABLES = {"t": "v_t", "plain": "v_plain", "empty": "v_empty"}
DAILY = """
daily = df.groupBy("cust").agg(F.count("*").alias("n"), F.max("at").alias("at"), F.sum("amount").alias("amount"))
"""

SHARED = {
    "aggregates_and_a_count": DAILY
    + """
first = daily.agg(F.min("cust")).collect()[0][0]
last = daily.agg(F.max("at").alias("m")).first()["m"]
rows = daily.count()
print(first, last, rows)
return daily
""",
    "a_check_that_raises": DAILY
    + """
if daily.filter(F.col("n") < 0).count() > 0:
    raise ValueError("negative")
return daily
""",
    "a_number_that_decides": DAILY
    + """
many = daily.count()
if many > 1:
    print("many", many)
return daily
""",
    "every_type": """
out = df.dropDuplicates(["id", "name", "tags"]).withColumn("props", F.create_map(F.lit("a"), F.col("n")))
out = out.withColumn("s", F.struct("id", "price")).withColumn("d", F.col("day"))
print(out.filter(F.col("id") > 2).count(), out.select("cust").distinct().count())
print(out.agg({"price": "max"}).collect())
return out
""",
    "an_empty_one": """
out = dbt.ref("empty").groupBy("cust").count()
print(out.agg(F.max("cust")).head()[0], out.filter("count > 3").count())
return out
""",
    "a_pure_function": """
shout = F.udf(lambda s: None if s is None else s.upper(), "string")
out = df.withColumn("loud", shout("name"))
n = out.filter(F.col("loud") == "X").count()
print(f"{n} are loud")
return out
""",
    "one_that_is_returned_on_one_path": DAILY
    + """
n = daily.filter("n > 1").count()
if n > 100:
    return daily.limit(0)
return daily
""",
    "a_random_column": """
out = df.distinct().withColumn("r", F.rand(seed=3) * 0)
print(out.filter("r = 0").count())
return out
""",
}
"""Bodies of models in which an action reads the written rows."""


def _applied(outcome: Outcome) -> list[dict[str, Any]]:
    return [one for one in outcome.followed if one["rewrite"] == "shared_work" and one["applied"]]


def _whys(outcome: Outcome) -> set[str]:
    return {one["why"] for one in outcome.followed if one["rewrite"] == "shared_work"}


@pytest.mark.parametrize("name", SHARED)
def test_the_same_rows_values_and_types(spark: Any, name: str, tmp_path: Path) -> None:
    made, written, planned, _ = both_into(spark, SHARED[name], TABLES, tmp_path)
    assert "__dbt_glue_written__" in made.source
    assert not written.error
    assert planned.same(written), (written, planned)
    assert planned.printed == written.printed
    assert _applied(planned), planned.followed


def test_the_frame_is_evaluated_once(spark: Any, tmp_path: Path) -> None:
    _, written, planned, jobs = both_into(spark, SHARED["aggregates_and_a_count"], TABLES, tmp_path)
    assert len(_applied(planned)) == 3
    assert planned.same(written)
    assert jobs[1] <= jobs[0]


def test_partitions_are_read_back(spark: Any, tmp_path: Path) -> None:
    body = """
out = df.distinct().withColumn("part", F.to_date("at"))
print(out.filter("part IS NULL").count(), out.agg(F.min("part"), F.max("name")).collect())
return out
"""
    _, written, planned, _ = both_into(spark, body, TABLES, tmp_path, partition_by=["part"])
    assert planned.same(written)
    assert planned.printed == written.printed
    assert len(_applied(planned)) == 1  # both stand on one line


NOT_RETURNED = {
    "another_frame": DAILY + "n = daily.count()\nif n > 1:\n    return df\nreturn daily\n",
    "nothing": DAILY + "n = daily.count()\nif n > 1:\n    return None\nreturn daily\n",
    "an_error": DAILY
    + 'n = daily.count()\nif n > 1:\n    raise ValueError(f"{n} rows")\nreturn daily\n',
}


@pytest.mark.parametrize("name", NOT_RETURNED)
def test_what_is_not_returned_goes_again(spark: Any, name: str, tmp_path: Path) -> None:
    _, written, planned, _ = both_into(spark, NOT_RETURNED[name], TABLES, tmp_path)
    assert planned.same(written)
    assert planned.error == written.error
    assert bool(written.error) == (name != "another_frame")
    if written.error:
        assert not list((tmp_path / "as_planned").glob("*"))
        assert not spark.catalog.tableExists("default.as_planned")


AS_WRITTEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "a_scan": (
        'out = df.filter("id > 1")\nn = out.select("id").count()\nprint(n)\nreturn out\n',
        {},
        "it is as quick to compute as to read",
    ),
    "orc": (
        SHARED["a_number_that_decides"],
        {"file_format": "orc"},
        "the table is in the format orc, or not staged",
    ),
    "in_place": (
        SHARED["a_number_that_decides"],
        {"table_properties": {}},
        "the table is in the format parquet, or not staged",
    ),
    "text_partitions": (
        SHARED["a_number_that_decides"],
        {"partition_by": ["cust"]},
        "a column of partition_by may be read in another way than it is written",
    ),
    "no_type": (
        DAILY.replace("daily =", "out =")
        + 'daily = out.withColumn("v", F.lit(None))\nn = daily.count()\nprint(n > 1)\nreturn daily\n',
        {},
        "a column has no type",
    ),
    "a_function_that_tells": (
        """
def told(s):
    print(s)
    return s
out = df.withColumn("u", F.udf(told)("name"))
n = out.select("u").filter("u = 1").count()
print(n)
return out
""",
        {},
        "the frame runs Python functions",
    ),
}


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_as_written_where_reading_back_could_differ_or_does_not_pay(
    spark: Any, name: str, tmp_path: Path
) -> None:
    body, changed, why = AS_WRITTEN[name]
    made, written, planned, _ = both_into(spark, body, TABLES, tmp_path, **changed)
    assert "__dbt_glue_written__" in made.source
    assert planned.same(written), (written, planned)
    assert planned.printed == written.printed
    assert _whys(planned) == {why}


def test_a_write_that_fails_is_no_failure_of_the_action(spark: Any, tmp_path: Path) -> None:
    body = """
out = df.groupBy("cust").agg(F.count("*").alias("n")).withColumn("bad", F.expr("IF(n > 0, raise_error('no'), 1)"))
n = out.count()
print(n)
if n > 1:
    return df
return out
"""
    _, written, planned, _ = both_into(spark, body, TABLES, tmp_path)
    assert not written.error
    assert planned.same(written)
    assert planned.printed == written.printed
    assert any(why.startswith("it could not be written") for why in _whys(planned))


def test_a_write_that_fails_at_the_end_fails_as_written(spark: Any, tmp_path: Path) -> None:
    body = """
out = df.groupBy("cust").agg(F.count("*").alias("n")).withColumn("bad", F.expr("IF(n > 0, raise_error('no'), 1)"))
n = out.count()
print("rows", n)
if n > 1:
    n = 2
return out
"""
    _, written, planned, _ = both_into(spark, body, TABLES, tmp_path)
    assert written.error
    assert planned.error == written.error
    assert planned.printed == written.printed


REFUSED = {
    "cached": DAILY + "daily.cache()\nn = daily.count()\nprint(n > 1)\nreturn daily\n",
    "order_seen": DAILY + "rows = daily.collect()\nprint(len(rows))\nreturn daily\n",
    "sets_or_writes": DAILY
    + 'n = daily.count()\nsession.sql("INSERT INTO x VALUES (1)")\nprint(n > 1)\nreturn daily\n',
    "in_loop": DAILY
    + "for k in [1, 2]:\n    n = daily.filter(F.col('n') > k).count()\n    print(n)\nreturn daily\n",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_refused(reason: str) -> None:
    from sessions import planned

    made = planned(REFUSED[reason])
    assert [d.reason for d in made.decisions if d.rewrite == "shared_work"] == [reason]
    assert "__dbt_glue_written__" not in made.source


@pytest.mark.parametrize(
    "call",
    [
        'agg(F.sum("amount")).collect()',
        'agg(F.first("cust")).collect()',
        "toPandas()",
        "head()",
        "show()",
        'orderBy("n").limit(1).count()',
        'groupBy("n").count().collect()',
        'withColumn("r", F.monotonically_increasing_id()).filter("r > 1").count()',
        'filter(F.expr("rand() > 0.5")).count()',
    ],
)
def test_what_could_see_the_order_of_rows_is_refused(call: str) -> None:
    from sessions import planned

    made = planned(DAILY + f"x = daily.{call}\nprint(x)\nreturn daily\n")
    assert {d.reason for d in made.decisions if d.rewrite == "shared_work"} <= {"order_seen"}
    assert "__dbt_glue_written__" not in made.source


def test_the_name_of_a_strategy_is_no_statement() -> None:
    from sessions import planned

    made = planned('dbt.config(incremental_strategy="merge")' + SHARED["a_number_that_decides"])
    assert "__dbt_glue_written__" in made.source


@pytest.mark.parametrize(
    "said", ["'RESET'", "' drop table x'", "f'DROP {1} x'", "'SELECT 1; set a = b'"]
)
def test_a_statement_that_changes_something_is_one(said: str) -> None:
    from sessions import planned

    made = planned(
        DAILY + f"n = daily.count()\nsession.sql({said})\nif n > 1:\n    n = 2\nreturn daily\n"
    )
    assert {d.reason for d in made.decisions if d.rewrite == "shared_work"} == {"sets_or_writes"}


def test_a_name_that_is_bound_again_is_not_looked_at() -> None:
    from sessions import planned

    made = planned(
        DAILY + "n = daily.count()\ndaily = daily.filter(F.col('n') < n)\nreturn daily\n"
    )
    assert not [d for d in made.decisions if d.rewrite == "shared_work"]


def test_it_can_be_switched_off() -> None:
    from sessions import planned

    context = RunContext(optimize=Optimize.of({"disable": ["shared_work"]}))
    made = planned(SHARED["a_number_that_decides"], context)
    assert "__dbt_glue_written__" not in made.source
