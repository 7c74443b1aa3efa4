"""One row of totals, by agg on the frame and by a select."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    totals = orders.agg(F.sum("amount").alias("revenue"), F.max("day").alias("last"))
    more = orders.select(
        F.countDistinct("customer_id").alias("customers"), F.avg("amount").alias("mean")
    )
    return totals.crossJoin(more)
