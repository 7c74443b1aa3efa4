"""What each customer bought in each month: months that got new orders are computed anew."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="insert_overwrite",
        partition_by=["month"],
    )
    orders = dbt.ref("orders").where(F.col("status") != "cancelled")
    orders = orders.withColumn("month", F.date_trunc("month", "ordered_at").cast("date"))
    if dbt.is_incremental:
        newest = orders.agg(F.max("loaded_on").alias("loaded_on"))
        months = orders.join(newest, "loaded_on").select("month").distinct()
        orders = orders.join(months, "month", "left_semi")
    return orders.groupBy("month", "customer_id").agg(
        F.count("*").alias("orders"), F.sum("amount").alias("amount")
    )
