"""Scores of customers, with pandas."""

import numpy as np
import pandas as pd


def score(frame, weights):
    return sum(weights[name] * frame[name] for name in weights)


def model(dbt, session):
    dbt.config(
        materialized="table",
        packages=["scikit-learn==1.4.2"],
        tags=["scores"],
    )
    orders = dbt.ref("orders").select("customer_id", "amount").toPandas()
    orders["spent"] = orders["amount"].astype(float)
    totals = orders.groupby("customer_id").sum().reset_index()
    totals["score"] = score(totals, {"spent": 0.5})
    for name in ["spent", "score"]:
        totals[name] = np.round(totals[name], 2)
    return totals[["customer_id", "score"]]
