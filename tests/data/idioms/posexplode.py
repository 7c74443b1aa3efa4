"""Elements with their places, also of empty arrays."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events").select("event_id", F.posexplode_outer("tags"))
    return events.withColumnRenamed("pos", "place").withColumnRenamed("col", "tag")
