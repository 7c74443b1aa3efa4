"""Frames under each other, by position, by name, with columns that one of them lacks."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").select(F.col("order_id").cast("string").alias("id"), "amount")
    payments = dbt.ref("payments").select("amount", F.col("payment_id").alias("id"), "method")
    events = dbt.ref("events").select(F.col("event_id").alias("id"))
    by_name = orders.unionByName(payments, allowMissingColumns=True)
    parts = [by_name, events.withColumn("amount", F.lit(0.0)).withColumn("method", F.lit("none"))]
    return reduce(DataFrame.unionByName, parts).dropDuplicates(["id"])
