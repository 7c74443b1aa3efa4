"""Every event with a score for the recommender: a frame of a million rows, back from pandas."""

import numpy as np
import pandas as pd

WEIGHTS = {"page_view": 1.0, "search": 2.0, "seat_map": 3.0, "checkout": 5.0, "booking": 8.0}


def model(dbt, session):
    dbt.config(materialized="table")
    pdf = dbt.ref("events").toPandas()

    pdf["weight"] = pdf["event_type"].map(WEIGHTS).fillna(0.5)
    newest = pdf["event_at"].max()
    age_days = (newest - pdf["event_at"]).dt.total_seconds() / 86400
    pdf["recency"] = np.exp(-age_days / 30)
    pdf["score"] = (pdf["weight"] * pdf["recency"]).round(4)
    pdf["price"] = pdf["price_cents"] / 100
    pdf["day"] = pdf["event_at"].dt.date
    pdf["is_mobile"] = pdf["device"].isin(["ios", "android"])

    result = pdf[
        ["event_id", "user_id", "session_id", "event_type", "event_at", "day", "is_mobile", "price", "score"]
    ]
    print(result.shape)
    return result
