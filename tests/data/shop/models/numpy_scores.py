"""A score from numbers of pandas and numpy."""

import numpy as np
import pandas as pd


def scaled(values):
    span = max(values) - min(values)
    return (values - min(values)) / span


def model(dbt, session):
    orders = dbt.ref("orders").select("order_id", "quantity", "amount", "status").toPandas()
    orders["amount"] = orders["amount"].fillna(0).astype("float64")
    orders["quantity"] = orders["quantity"].astype("int64")
    orders["scaled"] = np.round(scaled(orders["amount"]), 4)
    good = (orders["status"] == "paid") & (orders["quantity"] > 1) | (orders["amount"] > 90)
    orders["good"] = np.where(good, 1.0, np.nan)
    best = orders.loc[good, ["order_id", "scaled"]].set_index("order_id")
    result = orders.join(best.rename(columns={"scaled": "best"}), on="order_id", how="left")
    return result.drop(columns=["status"]).sort_values(["scaled", "order_id"], ascending=[False, True])
