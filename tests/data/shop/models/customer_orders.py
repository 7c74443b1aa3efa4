"""Customers with what they ordered."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table", tags=["marts"])
    customers = dbt.ref("customers")
    orders = dbt.ref("orders")
    joined = customers.join(orders, on="customer_id", how="left")
    result = joined.groupBy("customer_id", "name", "country").agg(
        F.count("order_id").alias("orders"),
        F.coalesce(F.sum("amount"), F.lit(0.0)).alias("revenue"),
        F.countDistinct("store_id").alias("stores"),
    )
    return result.withColumn(
        "class",
        F.when(F.col("revenue") > 100, "big").when(F.col("revenue") > 0, "small").otherwise("none"),
    )
