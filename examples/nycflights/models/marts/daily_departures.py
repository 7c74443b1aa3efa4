"""Departures per airport and day, loaded day by day: an incremental model, kept in Iceberg."""

from pyspark.sql import functions as F

LOADED_AGAIN = 2  # days before the newest, for what arrived late


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        file_format="iceberg",
        incremental_strategy="merge",
        unique_key=["origin", "flight_date"],
    )
    load_until = dbt.config.meta_get("load_until")
    flights = dbt.ref("stg_flights").where(F.col("flight_date") <= load_until)

    if dbt.is_incremental:
        newest = session.table(str(dbt.this)).agg(F.max("flight_date")).first()[0]
        flights = flights.where(F.col("flight_date") >= F.date_sub(F.lit(newest), LOADED_AGAIN))

    return flights.groupBy("origin", "flight_date").agg(
        F.count("*").alias("flights"),
        F.sum(F.col("is_cancelled").cast("int")).alias("cancelled"),
        F.avg("departure_delay").alias("average_delay"),
    )
