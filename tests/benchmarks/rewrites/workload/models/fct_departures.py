"""Departures with their planes and the weather, loaded incrementally by the hour of departure."""

import logging
from datetime import timedelta

from pyspark.sql import functions as F

logging.basicConfig(level=logging.INFO)


def model(dbt, session):
    dbt.config(
        materialized="incremental", incremental_strategy="merge", unique_key="flight_id"
    )

    flights = dbt.ref("flights")
    weather = dbt.ref("weather")

    if dbt.is_incremental:
        this_df = session.table(f"{dbt.this}")
        max_loaded = this_df.agg(F.max("time_hour")).collect()[0][0]
        logging.info(f"newest row so far: {max_loaded}")

        # late arrivals: the last three days are loaded again
        flights = flights.filter(F.col("time_hour") > max_loaded - timedelta(days=3))
        weather = weather.filter(
            F.col("time_hour") > this_df.agg(F.max("time_hour")).collect()[0][0] - timedelta(days=3)
        )

    print("new flights:", flights.count())
    if flights.count() == 0:
        return session.table(f"{dbt.this}").limit(0)

    joined = flights.join(
        weather.select("origin", "time_hour", "temp", "wind_speed", "precip", "visib"),
        on=["origin", "time_hour"],
        how="left",
    )
    result = joined.join(dbt.ref("planes").select("tailnum", "model", "seats"), "tailnum", "left")
    print("rows to load:", result.count())
    return result
