"""Sums with subtotals."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    rolled = orders.rollup("store_id", "status").agg(F.sum("amount").alias("revenue"))
    cubed = orders.cube("store_id").agg(
        F.sum("amount").alias("revenue"), F.grouping("store_id").alias("is_total")
    )
    return rolled.join(
        cubed.filter("is_total = 1").select(F.col("revenue").alias("all")), how="cross"
    )
