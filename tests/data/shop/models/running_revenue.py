"""Revenue by day with a running sum and the day before."""

import pyspark.sql.functions as F
from pyspark.sql.window import Window


def model(dbt, session):
    orders = dbt.ref("orders").fillna({"amount": 0.0})
    daily = orders.groupBy("store_id", "day").agg(F.sum("amount").alias("revenue"))
    by_store = Window.partitionBy("store_id").orderBy("day")
    running = by_store.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    daily = daily.withColumn("total", F.sum("revenue").over(running))
    daily = daily.withColumn("before", F.lag("revenue", 1).over(by_store))
    daily = daily.withColumn("change", F.round(F.col("revenue") - F.col("before"), 2))
    return daily.na.fill(0.0, subset=["before", "change"])
