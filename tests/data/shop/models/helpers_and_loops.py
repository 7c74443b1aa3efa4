"""Counts of the last days, put together by helpers."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

DAYS = [30, 90, 365]


def recent(frame: DataFrame, days: int) -> DataFrame:
    return frame.filter(F.col("day") > F.date_sub(F.lit("2025-01-01").cast("date"), days))


def counted(frame, days):
    counts = recent(frame, days).groupBy("store_id").agg(F.count("order_id").alias(f"n_{days}"))
    return counts


def model(dbt, session):
    orders = dbt.ref("orders")
    stores = dbt.ref("stores").select("store_id", "city")
    parts = [counted(orders, days) for days in DAYS]
    result = reduce(lambda left, right: left.join(right, "store_id", "left"), parts, stores)
    columns = [f"n_{days}" for days in DAYS]
    for name in columns:
        result = result.withColumn(name, F.coalesce(F.col(name), F.lit(0)))
    return result.withColumn("any", F.greatest(*[F.col(name) for name in columns]))
