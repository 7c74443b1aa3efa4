from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref("orders")
    return orders.groupBy("ordered_on").agg(F.sum(F.col("amount")).alias("revenue"))
