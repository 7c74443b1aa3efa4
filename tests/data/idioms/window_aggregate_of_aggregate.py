"""A window over the sums of groups, in one aggregation and after it."""

from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
    whole = Window.partitionBy(F.lit(1))
    by_store = dbt.ref("orders").groupBy("store_id").agg(F.sum("amount").alias("revenue"))
    return by_store.withColumn("share", F.col("revenue") / F.sum("revenue").over(whole))
