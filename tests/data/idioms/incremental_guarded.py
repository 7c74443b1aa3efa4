"""The own table read in an incremental run alone, an empty one in mind."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="merge", unique_key="order_id")
    orders = dbt.ref("orders").select("order_id", "amount", "ordered_at")
    if dbt.is_incremental:
        newest = (
            session.table(f"{dbt.this}").agg(F.max("ordered_at").alias("newest")).first()["newest"]
        )
        if newest is not None:
            orders = orders.where(F.col("ordered_at") > newest)
    return orders
