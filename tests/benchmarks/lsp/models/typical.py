"""Customers of the shop by country, with what they spent lately."""

import datetime as dt

from pyspark.sql import functions as F
from pyspark.sql.window import Window

SEGMENTS = ["new", "regular", "lost"]


def newest_of(events, key, rate=1.25):
    """The last events of each key, with the amount in euros."""
    newest = Window.partitionBy(key).orderBy(F.col("ordered_at").desc())
    return (
        events.withColumn("rank", F.row_number().over(newest))
        .filter(F.col("rank") <= 3)
        .withColumn("euros", F.round(F.col("amount") * F.lit(rate), 2))
        .drop("rank")
    )


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        unique_key="customer_id",
        on_schema_change="append_new_columns",
    )
    events = dbt.ref("events").filter(F.col("amount") > 0)
    customers = dbt.ref("customers").select("customer_id", "country", "joined_at")

    if dbt.is_incremental:
        newest = session.sql(f"select max(last_order_at) from {dbt.this}").collect()[0][0]
        if newest is not None:
            events = events.filter(F.col("ordered_at") > F.lit(newest))

    since = dt.datetime(2024, 1, 1)
    recent = newest_of(events, "customer_id", rate=1.10)
    recent = recent.filter(F.col("ordered_at") >= F.lit(since))

    spent = recent.groupBy("customer_id").agg(
        F.sum("euros").alias("spent"),
        F.countDistinct("order_id").alias("orders"),
        F.max("ordered_at").alias("last_order_at"),
    )

    result = customers.join(spent, "customer_id", "left")
    for column in ["spent", "orders"]:
        result = result.withColumn(column, F.coalesce(F.col(column), F.lit(0)))

    result = result.withColumn(
        "segment",
        F.when(F.col("orders") == 0, SEGMENTS[2])
        .when(F.col("orders") < 2, SEGMENTS[0])
        .otherwise(SEGMENTS[1]),
    )
    result = result.withColumn("loaded_at", F.current_timestamp())
    return result.select(
        "customer_id", "country", "segment", "spent", "orders", "last_order_at", "loaded_at"
    )
