"""Events, cleaned by a function of our own; ünïcödé — 😀."""

from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType


@F.udf(returnType=StringType())
def clean(text):
    return text.strip().lower() if text else None


def model(dbt, session):
    dbt.config(materialized="table", file_format="parquet")
    events = dbt.source("raw", "events")
    orders = dbt.ref("orders").select("order_id", F.col("customer_id"), "amount")
    ranked = orders.withColumn(
        "rank", F.row_number().over(Window.partitionBy("customer_id").orderBy("order_id"))
    )
    smallest = ranked.filter(F.col("rank") == 1).select("order_id", "customer_id")
    return smallest.withColumn("label", clean(F.lit("😀 smallest"))).select("order_id", "label")
