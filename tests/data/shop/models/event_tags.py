"""One row for each tag of an event."""

from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

PAYLOAD = StructType([StructField("x", IntegerType()), StructField("note", StringType())])


def model(dbt, session):
    events = dbt.ref("events")
    parsed = events.withColumn("data", F.from_json("payload", PAYLOAD))
    tagged = parsed.select(
        "event_id",
        F.col("device.os").alias("os"),
        F.col("props")["page"].alias("page"),
        F.explode_outer("tags").alias("tag"),
        F.col("data.x").cast("int").alias("x"),
        F.size("scores").alias("n_scores"),
    )
    return tagged.na.fill("unknown", ["os", "page", "tag"])
