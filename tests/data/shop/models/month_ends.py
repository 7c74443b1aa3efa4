"""Orders with dates as text, and how long ago they were."""

from datetime import date, timedelta

import pyspark.sql.functions as F

STEPS = [7, 30, 365]


def model(dbt, session):
    end = date(2025, 1, 1)
    longest = max(STEPS)
    since = end - timedelta(days=longest)
    orders = dbt.ref("orders").filter(F.col("day") > F.lit(since))
    orders = orders.withColumn("parsed", F.to_date(F.date_format("day", "dd/MM/yyyy"), "dd/MM/yyyy"))
    orders = orders.withColumn("age", F.datediff(F.lit(end), F.col("parsed")))
    orders = orders.withColumn("at", F.date_format("ordered_at", "yyyy-MM-dd HH:mm:ss"))
    band = F.when(F.col("age") <= min(STEPS), "week")
    for step in sorted(STEPS)[1:]:
        band = band.when(F.col("age") <= step, f"d{step}")
    orders = orders.withColumn("band", band.otherwise("old"))
    share = round(1 / len(STEPS), 2)
    return orders.select("order_id", "parsed", "age", "at", "band", F.lit(share).alias("share"))
