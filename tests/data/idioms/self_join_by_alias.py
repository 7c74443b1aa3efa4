"""Each order with those before it of the same customer."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").select("order_id", "customer_id", "day")
    earlier = orders.alias("earlier")
    later = orders.alias("later")
    pairs = later.join(
        earlier,
        (F.col("later.customer_id") == F.col("earlier.customer_id"))
        & (F.col("earlier.day") < F.col("later.day")),
    )
    return pairs.groupBy(F.col("later.order_id").alias("order_id")).agg(
        F.max("earlier.day").alias("day_before")
    )
