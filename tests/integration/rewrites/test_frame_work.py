"""What the compiler takes for work in a model's code, Spark's plan shows and the session takes for work too."""

from __future__ import annotations

from typing import Any

import pytest
from glue_compiler.rewrites.frame_work import WORK, works, works_in_sql
from glue_session.early import WORK as IN_A_PLAN
from glue_session.plans import PlanOf

CODE = {
    "agg": "df.agg(F.max('id'))",
    "applyInPandas": "df.groupBy('id').applyInPandas(lambda p: p, df.schema)",
    "crossJoin": "df.crossJoin(df.select(F.col('id').alias('other')))",
    "crosstab": "df.crosstab('cust', 'name')",
    "cube": "df.cube('cust').count()",
    "distinct": "df.distinct()",
    "dropDuplicates": "df.dropDuplicates(['id'])",
    "drop_duplicates": "df.drop_duplicates(['id'])",
    "exceptAll": "df.exceptAll(df.limit(1))",
    "explode": "df.select(F.explode('tags'))",
    "explode_outer": "df.select(F.explode_outer('tags'))",
    "groupBy": "df.groupBy('cust').count()",
    "groupby": "df.groupby('cust').count()",
    "inline": "df.select(F.inline(F.array(F.struct('id', 'name'))))",
    "inline_outer": "df.select(F.inline_outer(F.array(F.struct('id', 'name'))))",
    "intersect": "df.intersect(df.limit(1))",
    "intersectAll": "df.intersectAll(df.limit(1))",
    "join": "df.join(df.select('id'), 'id')",
    "mapInArrow": "df.mapInArrow(lambda t: t, df.schema)",
    "mapInPandas": "df.mapInPandas(lambda p: p, df.schema)",
    "orderBy": "df.orderBy('id')",
    "over": "df.withColumn('n', F.count('*').over(Window.partitionBy('cust')))",
    "pivot": "df.groupBy('cust').pivot('name', ['a']).count()",
    "posexplode": "df.select(F.posexplode('tags'))",
    "posexplode_outer": "df.select(F.posexplode_outer('tags'))",
    "repartition": "df.repartition(2, 'id')",
    "repartitionByRange": "df.repartitionByRange(2, 'id')",
    "rollup": "df.rollup('cust').count()",
    "sort": "df.sort('id')",
    "subtract": "df.subtract(df.limit(1))",
}
SQL = {
    "join": "select a.* from v_t a join v_t b on a.id = b.id",
    "group_by": "select cust, count(*) as n from v_t GROUP  BY cust",
    "distinct": "select distinct cust from v_t",
    "window": "select id, count(*) over (partition by cust) as n from v_t",
    "order_by": "select id from v_t order by id",
    "explode": "select explode(tags) from v_t",
    "intersect": "select id from v_t intersect select id from v_empty",
    "except": "select id from v_t except select id from v_empty",
}
QUICK = {
    "read": "df",
    "filter": "df.filter('id > 1')",
    "select": "df.select('id', F.upper('name'))",
    "union": "df.union(df)",
    "drop": "df.drop('name')",
    "words": "df.withColumn('sorted', F.lit('joined, distinct')).withColumnRenamed('id', 'join')",
}


def plan(frame: Any) -> str:
    return PlanOf(frame).text


def frame_of(spark: Any, code: str) -> Any:
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    return eval(code, {"df": spark.table("v_t"), "F": F, "Window": Window})


def test_every_word_has_its_code() -> None:
    assert set(CODE) == WORK - {"applyInArrow"}  # which Spark has from 4.0


@pytest.mark.parametrize("code", CODE.values(), ids=CODE)
def test_the_plan_of_such_code_is_work(spark: Any, code: str) -> None:
    assert works(code)
    assert IN_A_PLAN.search(plan(frame_of(spark, code)))


@pytest.mark.parametrize("query", SQL.values(), ids=SQL)
def test_the_plan_of_such_a_query_is_work(spark: Any, query: str) -> None:
    assert works_in_sql(query)
    assert IN_A_PLAN.search(plan(spark.sql(query)))


@pytest.mark.parametrize("code", QUICK.values(), ids=QUICK)
def test_what_reads_filters_and_projects_is_none(spark: Any, code: str) -> None:
    assert not works(code)
    assert not IN_A_PLAN.search(plan(frame_of(spark, code)))
