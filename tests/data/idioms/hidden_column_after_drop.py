"""A column that was dropped is still found by a filter right after it."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").drop("coupon").filter(F.col("coupon").isNull())
    return orders.withColumnRenamed("amount", "value").orderBy("amount")
