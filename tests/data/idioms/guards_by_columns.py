"""Columns that may not be there, asked for first."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    if "discount" in orders.columns:
        orders = orders.withColumn("amount", F.col("amount") - F.col("discount"))
    missing = {"order_id", "currency"} - set(orders.columns)
    for name in sorted(missing):
        orders = orders.withColumn(name, F.lit(None).cast("string"))
    return orders.select("order_id", "amount", "currency")
