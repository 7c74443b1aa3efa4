"""A row for each entry of a map."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    rows = events.select("event_id", F.explode("props").alias("name", "value"))
    return (
        rows.where(F.col("name") != "ref")
        .groupBy("name")
        .agg(F.countDistinct("value").alias("values"))
    )
