"""Functions over the elements of arrays."""

from pyspark.sql import functions as F


def model(dbt, session):
    events = dbt.ref("events")
    return events.select(
        "event_id",
        F.transform("scores", lambda x: x * 2).alias("doubled"),
        F.transform("tags", lambda tag, index: F.concat(tag, index.cast("string"))).alias(
            "numbered"
        ),
        F.filter("scores", lambda x: x > 1).alias("large"),
        F.exists("tags", lambda tag: tag == "a").alias("any_a"),
        F.forall("scores", lambda x: x >= 0).alias("all_positive"),
        F.aggregate("scores", F.lit(0), lambda total, x: total + x).alias("total"),
    )
