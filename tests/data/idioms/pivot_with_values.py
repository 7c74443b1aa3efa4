"""Statuses as columns."""

from pyspark.sql import functions as F


def model(dbt, session):
    wide = (
        dbt.ref("orders").groupBy("store_id").pivot("status", ["paid", "open"]).agg(F.sum("amount"))
    )
    return wide.na.fill(0, ["paid", "open"]).withColumn("both", F.col("paid") + F.col("open"))
