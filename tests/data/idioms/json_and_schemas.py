"""JSON parsed by a schema as text and as a type, and written again."""

from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, MapType, StringType, StructType


def model(dbt, session):
    events = dbt.ref("events").withColumn("a", F.from_json("payload", "x int, y string"))
    events = events.withColumn(
        "b", F.from_json(F.col("payload"), StructType().add("x", IntegerType()))
    )
    events = events.withColumn("c", F.from_json("payload", MapType(StringType(), StringType())))
    return events.select(
        "event_id",
        "a.x",
        F.col("b.x").alias("bx"),
        F.col("c")["x"].alias("cx"),
        F.to_json("a").alias("j"),
    )
