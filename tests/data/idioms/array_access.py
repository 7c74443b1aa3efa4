"""Elements of an array, from the front and the back."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    return events.select(
        "event_id",
        F.col("tags")[0].alias("first"),
        F.col("tags").getItem(1).alias("second"),
        F.element_at("scores", -1).alias("last"),
        F.array_contains("tags", "a").alias("has_a"),
        F.slice("scores", 1, 1).alias("head"),
    )
