"""Flights whose record cannot be right; the weather tells bad data from bad days."""

import logging

from pyspark.sql import Window
from pyspark.sql import functions as F

log = logging.getLogger("suspicious_flights")


def model(dbt, session):
    dbt.config(materialized="table")

    flights = dbt.ref("flights")
    weather = dbt.ref("weather").select("origin", "time_hour", "visib", "wind_speed", "precip")

    at_tail = Window.partitionBy("tailnum").orderBy("time_hour", "flight_id")
    chained = flights.withColumn("previous_dest", F.lag("dest").over(at_tail)).join(
        weather, ["origin", "time_hour"], "left"
    )

    too_fast = chained.filter(F.col("distance") / (F.col("air_time") / 60) > 700)
    negative = chained.filter((F.col("air_time") < 0) | (F.col("taxi_out") < 0))
    late_in_calm = chained.filter(
        (F.col("weather_delay") > 60) & (F.col("visib") >= 10) & (F.col("wind_speed") < 5)
    )

    if too_fast.count() > 0:
        log.warning("flights faster than sound")
    if negative.count() > 0:
        raise ValueError("negative times in the feed")
    if late_in_calm.isEmpty():
        log.info("no weather delay without weather")

    suspicious = too_fast.withColumn("reason", F.lit("too fast")).unionByName(
        late_in_calm.withColumn("reason", F.lit("weather delay in calm weather"))
    )
    suspicious = suspicious.select(
        "flight_id", "carrier", "tailnum", "origin", "dest", "time_hour", "reason"
    )
    if suspicious.rdd.isEmpty():
        print("nothing to report")
    return suspicious
