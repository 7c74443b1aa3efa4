"""Python's own sum, max and round beside Spark's, by their prefix and under another name."""

import builtins

from pyspark.sql import functions as F
from pyspark.sql.functions import max as max_, sum as sum_


def model(dbt, session):
    limits = [5, 10, sum([1, 2])]
    highest = max(limits)
    orders = dbt.ref("orders").filter(F.col("amount") > min(limits))
    totals = orders.groupBy("store_id").agg(
        sum_("amount").alias("revenue"), max_("day").alias("last")
    )
    factor = builtins.round(1 / len(limits), 2)
    return totals.withColumn("scaled", F.col("revenue") * factor + highest + abs(-1))
