"""A merge of some columns of customers."""

from pyspark.sql import functions as F

KEY = ["customer_id"]


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="merge",
        unique_key=["customer_id"],
        merge_update_columns=["revenue", "orders"],
    )
    orders = dbt.ref("orders").dropna(subset=KEY)
    scores = orders.groupBy(*KEY).agg(
        F.round(F.sum("amount"), 2).alias("revenue"), F.count("order_id").alias("orders")
    )
    if dbt.is_incremental:
        old = session.read.table(str(dbt.this)).select("customer_id", F.col("revenue").alias("was"))
        scores = scores.join(old, "customer_id", "left").where(
            F.col("was").isNull() | (F.col("was") != F.col("revenue"))
        )
        scores = scores.drop("was")
    return scores
