"""Counts per kind of event."""

import pyspark.pandas as ps


def model(dbt, session):
    events = dbt.ref("events").select("event_id", "customer_id", "kind").pandas_api()
    events = events.dropna(subset=["customer_id"])
    counts = events.groupby("kind").agg({"event_id": "count", "customer_id": "nunique"})
    counts = counts.reset_index()
    counts["label"] = counts["kind"].str.upper()
    return ps.DataFrame(counts).drop_duplicates(subset=["label"])
