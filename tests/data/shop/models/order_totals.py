"""Totals per customer and month."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref("orders")
    valid = orders.filter((F.col("status") != "cancelled") & (F.col("amount") > 0))
    monthly = valid.withColumn("month", F.date_format("day", "yyyy-MM"))
    return (
        monthly.groupBy("customer_id", "month")
        .agg(
            F.sum("amount").alias("revenue"),
            F.count("*").alias("orders"),
            F.max("ordered_at").alias("last_order"),
        )
        .orderBy("customer_id", "month")
    )
