"""Fields of a struct: by a dot, by getField, by an index, all of them by a star."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    first = events.select(
        "event_id",
        "device.os",
        F.col("device.version").alias("version"),
        F.col("device").getField("os").alias("os_again"),
        F.col("device")["version"].alias("version_again"),
        events.device.os.alias("os_once_more"),
    )
    return first.join(
        events.select("event_id", F.col("device.*")).drop("os", "version"), "event_id"
    )
