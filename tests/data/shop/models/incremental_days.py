"""Revenue by day and region, merged; the days of the last week again."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="merge",
        unique_key=["day", "region"],
        merge_update_columns=["revenue"],
        partition_by="region",
    )
    orders = dbt.ref("orders")
    stores = dbt.ref("stores")
    if dbt.is_incremental:
        own = session.table(f"{dbt.this}").select("day", "revenue")
        newest = own.agg(F.max("day")).collect()[0][0]
        orders = orders.where(F.col("day") > F.date_sub(F.lit(newest), 7))
    joined = orders.join(stores, "store_id").where(F.col("amount").isNotNull())
    return joined.groupBy("day", "region").agg(F.sum("amount").alias("revenue"))
