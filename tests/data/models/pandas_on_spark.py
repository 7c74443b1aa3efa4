"""Pandas API over Spark."""

import pyspark.pandas as ps


def model(dbt, session):
    trips = dbt.ref("trips").pandas_api()
    trips["kmh"] = trips["km"] / trips["hours"]
    by_day = trips.groupby("day")["kmh"].mean().reset_index()
    return trips.to_spark()
