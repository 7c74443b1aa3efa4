"""Functions over the entries of maps, and two arrays zipped."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    return events.select(
        "event_id",
        F.transform_values("props", lambda key, value: F.upper(value)).alias("upper"),
        F.map_filter("props", lambda key, _: key != "ref").alias("kept"),
        F.zip_with("tags", "scores", lambda tag, score: F.concat_ws(":", tag, score)).alias(
            "zipped"
        ),
    )
