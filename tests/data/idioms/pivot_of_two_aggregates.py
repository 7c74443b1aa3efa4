"""Two values for each column of a pivot."""

from pyspark.sql import functions as F


def model(dbt, session):
    wide = (
        dbt.ref("orders")
        .groupBy("store_id")
        .pivot("status", ["paid", "open"])
        .agg(F.sum("amount").alias("sum"), F.count("*").alias("n"))
    )
    return wide.select("store_id", "paid_sum", "open_n")
