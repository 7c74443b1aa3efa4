"""Orders that changed since the last run."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="merge",
        unique_key="order_id",
        file_format="parquet",
    )
    orders = dbt.ref("orders")
    if dbt.is_incremental:
        newest = session.sql(f"select max(ordered_at) as newest from {dbt.this}").collect()[0][0]
        if newest is not None:
            orders = orders.filter(F.col("ordered_at") >= F.lit(newest))
    return orders.select("order_id", "status", "amount", "ordered_at", "day")
