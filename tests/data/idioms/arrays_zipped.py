"""Two arrays side by side, then a row for each pair."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events").withColumn("pair", F.explode(F.arrays_zip("tags", "scores")))
    return events.select("event_id", "pair.tags", F.col("pair.scores").alias("score"))
