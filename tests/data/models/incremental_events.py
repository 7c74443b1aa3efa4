"""Events of a day, appended since the last run."""

import pyspark.sql.functions as F
from pyspark.sql.types import StringType, StructField, StructType, TimestampType

SCHEMA = StructType(
    [
        StructField("event_id", StringType()),
        StructField("user_id", StringType()),
        StructField("happened_at", TimestampType()),
        StructField("kind", StringType()),
    ]
)


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="event_id", incremental_strategy="merge")
    events = dbt.ref("stg_events")

    if dbt.is_incremental:
        newest = session.table(f"{dbt.this}").agg(F.max("happened_at")).collect()[0][0]
        events = events.filter(F.col("happened_at") > newest)

    if events.count() == 0:
        return session.createDataFrame([], SCHEMA)

    return events.select("event_id", "user_id", "happened_at", F.lower("kind").alias("kind"))
