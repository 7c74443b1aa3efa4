"""Values of a map: by key, by a method, by an attribute, its keys and entries."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    events = events.withColumn("page", F.col("props")["page"])
    events = events.withColumn("ref", F.col("props").getItem("ref"))
    events = events.withColumn("again", events.props.page)
    events = events.withColumn("keys", F.array_join(F.array_sort(F.map_keys("props")), "|"))
    return events.select("event_id", "page", "ref", "again", "keys", F.size("props").alias("n"))
