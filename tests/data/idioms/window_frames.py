"""Sums over rows before, values before and after, the last known one."""

from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
    w = Window.partitionBy("store_id").orderBy("day")
    orders = dbt.ref("orders").withColumn("before", F.lag("amount", 1, 0.0).over(w))
    orders = orders.withColumn("after", F.lead("amount").over(w))
    orders = orders.withColumn("last", F.last("amount", ignorenulls=True).over(w))
    orders = orders.withColumn("three", F.avg("amount").over(w.rowsBetween(-2, 0)))
    return orders.withColumn(
        "all",
        F.sum("amount").over(w.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)),
    )
