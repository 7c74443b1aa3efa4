"""Hints, watermarks of batches, observations: what gives the frame back."""

from pyspark.sql import Observation
from pyspark.sql import functions as F


def model(dbt, session):
    seen = Observation("seen")
    orders = dbt.ref("orders").hint("broadcast").observe(seen, F.count(F.lit(1)).alias("rows"))
    stores = dbt.ref("stores").hint("merge").alias("s")
    return (
        orders.join(stores, "store_id")
        .select("order_id", "s.city")
        .repartition(1)
        .toDF("order_id", "city")
    )
