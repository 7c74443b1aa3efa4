"""What customers spend a day."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["customer_id", "day"], incremental_strategy="merge")
    orders = dbt.ref("orders").select("order_id", "customer_id", "amount")
    if dbt.is_incremental:
        newest = session.table(f"{dbt.this}").agg(F.max("day")).collect()[0][0]
        orders = orders.where(F.col("day") > newest)

    try:
        countries = dbt.ref("countries")
    except ValueError:
        countries = None
    joined = orders.join(dbt.ref("customers"), on=["customer_id"], how="left")
    return (
        joined.select("customer_id", "amount", "spent")
        .groupBy("customer_id")
        .agg(F.sum("amount").alias("total"), F.count("*").alias("orders"))
        .select("customer_id", "total")
    )
