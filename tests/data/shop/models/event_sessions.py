"""Sessions: a gap of half an hour begins a new one."""

from pyspark.sql import Window
from pyspark.sql import functions as F

GAP = 30 * 60


def model(dbt, session):
    events = dbt.ref("events").filter(F.col("customer_id").isNotNull())
    by_time = Window.partitionBy("customer_id").orderBy("happened_at", "event_id")
    before = F.lag("happened_at").over(by_time)
    gap = F.unix_timestamp("happened_at") - F.unix_timestamp(before)
    events = events.withColumn("starts", F.when(before.isNull() | (gap > GAP), 1).otherwise(0))
    events = events.withColumn("session", F.sum("starts").over(by_time))
    return (
        events.groupBy("customer_id", "session")
        .agg(F.min("happened_at").alias("began"), F.collect_set("kind").alias("kinds"))
        .withColumn("kinds", F.array_join(F.array_sort("kinds"), ","))
    )
