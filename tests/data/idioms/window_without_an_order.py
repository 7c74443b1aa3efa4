"""Aggregates over a partition need no order."""

from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
    of_store = Window.partitionBy(F.col("store_id"))
    orders = dbt.ref("orders").withColumn("share", F.col("amount") / F.sum("amount").over(of_store))
    orders = orders.withColumn("n", F.count(F.lit(1)).over(of_store))
    return orders.filter(F.col("n") > 1)
