"""Days and months added, differences, truncations, Python's dates as literals."""

import datetime as dt

from pyspark.sql import functions as F


def model(dbt, session):
    since = dt.date(2024, 1, 1) - dt.timedelta(days=30)
    orders = dbt.ref("orders").where(F.col("day") >= since)
    orders = orders.where(F.col("ordered_at") < F.lit(dt.datetime(2025, 1, 1)))
    return orders.select(
        "order_id",
        F.date_add("day", 7).alias("next_week"),
        F.date_sub(F.col("day"), F.col("quantity")).alias("back"),
        F.add_months("day", 1).alias("next_month"),
        F.datediff(F.lit(since), "day").alias("age"),
        F.trunc("day", "month").alias("month"),
        F.date_trunc("hour", "ordered_at").alias("hour"),
        (F.col("ordered_at") + F.expr("interval 1 day")).alias("tomorrow"),
        F.months_between(F.lit("2025-01-01"), "day").cast("int").alias("months"),
    )
