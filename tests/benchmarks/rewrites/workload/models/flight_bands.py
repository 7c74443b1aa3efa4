"""Flights with the band of their delay and a readable route, by functions of our own."""

from pyspark.sql import functions as F
from pyspark.sql.types import StringType


def delay_band(minutes):
    if minutes is None:
        return "unknown"
    if minutes <= 0:
        return "on time"
    if minutes <= 15:
        return "slightly late"
    if minutes <= 60:
        return "late"
    return "very late"


def route_name(origin, dest):
    return f"{origin}-{dest}".upper()


delay_band_udf = F.udf(delay_band, StringType())
route_name_udf = F.udf(route_name, StringType())


def model(dbt, session):
    dbt.config(materialized="table")

    df = dbt.ref("flights").filter(F.col("year") >= 2010)
    df = df.withColumn("delay_band", delay_band_udf(F.col("arr_delay")))
    df = df.withColumn("route", route_name_udf(F.col("origin"), F.col("dest")))

    # check
    df.groupBy("delay_band").count().show()
    print(f"rows: {df.count()}")

    unknown = df.filter(F.col("delay_band") == "unknown")
    if unknown.count() > 0:
        print("there are flights that never arrived")

    return df.select("flight_id", "carrier", "route", "delay_band", "time_hour")
