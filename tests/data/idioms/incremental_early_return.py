"""An early end of a first run, and names that only one kind of run binds."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental", incremental_strategy="insert_overwrite", partition_by=["day"]
    )
    orders = dbt.ref("orders").select("order_id", "amount", "day")
    if not dbt.is_incremental:
        return orders
    since = session.sql(f"select max(day) as day from {dbt.this}").collect()[0]["day"]
    return orders.filter(F.col("day") >= F.lit(since)) if since else orders
