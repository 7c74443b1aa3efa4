"""Traffic and punctuality of each route and day, with the names of the airports."""

import logging

from pyspark.sql import functions as F

logger = logging.getLogger(__name__)


def model(dbt, session):
    dbt.config(materialized="table", file_format="parquet")

    flights = dbt.ref("flights")
    airports = dbt.ref("airports").select(F.col("faa").alias("dest"), F.col("name").alias("dest_name"))

    daily = (
        flights.withColumn("flight_date", F.to_date("time_hour"))
        .groupBy("origin", "dest", "flight_date")
        .agg(
            F.count("*").alias("flights"),
            F.countDistinct("tailnum").alias("planes"),
            F.avg("dep_delay").alias("avg_dep_delay"),
            F.expr("percentile_approx(arr_delay, 0.9)").alias("p90_arr_delay"),
            F.sum(F.col("cancelled").cast("int")).alias("cancelled"),
        )
        .join(airports, "dest", "left")
    )

    first_day = daily.agg(F.min("flight_date")).collect()[0][0]
    last_day = daily.agg(F.max("flight_date")).collect()[0][0]
    row_count = daily.count()
    logger.info("route_daily: %s rows, %s to %s", row_count, first_day, last_day)
    return daily
