"""Features of customers for a score."""

import datetime

import pandas as pd


def grade(points):
    if points > 50:
        return "A"
    return "B"


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref("orders").toPandas()
    orders = orders[orders["amount"].notna()]
    today = datetime.date(2025, 1, 1)
    orders["age"] = orders["day"].apply(lambda day: (today - day).days)
    features = (
        orders.groupby("customer_id")
        .agg(total=("amount", "sum"), youngest=("age", "min"), n=("order_id", "count"))
        .reset_index()
    )
    features["grade"] = features["total"].map(grade)
    features = features.rename(columns={"youngest": "recency"})
    features["rank"] = features["total"].rank(ascending=False).astype("int64")
    return pd.concat([features, features.head(0)], ignore_index=True).sort_values("rank")
