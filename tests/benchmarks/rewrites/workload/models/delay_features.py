"""Features for the delay model: one row per flight of the training year, made with pandas."""

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

TRAINING_YEAR = 2013


def model(dbt, session):
    dbt.config(materialized="table")

    flights = dbt.ref("flights").filter(F.col("year") == TRAINING_YEAR).toPandas()
    flights = flights[flights["origin"] == "EWR"].reset_index(drop=True)
    print(f"{len(flights)} flights loaded for training")

    # target
    flights["is_late"] = (flights["arr_delay"] > 15).astype(int)

    # time of day, on the circle
    minute_of_day = flights["hour"] * 60 + flights["minute"]
    flights["departure_sin"] = np.sin(2 * np.pi * minute_of_day / 1440)
    flights["departure_cos"] = np.cos(2 * np.pi * minute_of_day / 1440)
    flights["is_weekend"] = flights["time_hour"].dt.dayofweek >= 5

    # how the carrier does at this airport in general
    by_carrier = (
        flights.groupby("carrier")
        .agg(carrier_mean_delay=("arr_delay", "mean"), carrier_flights=("flight_id", "count"))
        .reset_index()
    )
    flights = flights.merge(by_carrier, on="carrier", how="left")

    flights["speed"] = flights["distance"] / (flights["air_time"] / 60)
    flights["speed"] = flights["speed"].fillna(flights["speed"].median())

    features = [
        "flight_id",
        "carrier",
        "dest",
        "distance",
        "departure_sin",
        "departure_cos",
        "is_weekend",
        "carrier_mean_delay",
        "carrier_flights",
        "speed",
        "is_late",
    ]
    return flights[features]
