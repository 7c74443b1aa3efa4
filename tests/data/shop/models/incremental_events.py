"""Events by day, appended."""

import pyspark.sql.functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="insert_overwrite",
        partition_by=["happened_on"],
    )
    events = dbt.ref("events").withColumn("happened_on", F.to_date("happened_at"))
    if dbt.is_incremental:
        known = session.table(f"{dbt.this}")
        last = known.agg(F.max("happened_on")).first()[0]
        if last is not None:
            events = events.where(F.col("happened_on") >= last)
    return events.select("event_id", "customer_id", "kind", "happened_on")
