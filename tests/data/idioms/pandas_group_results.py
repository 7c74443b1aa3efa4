"""Groups in pandas: transform, apply, size, named aggregates, the index back as a column."""

import numpy as np


def model(dbt, session):
    orders = dbt.ref("orders").toPandas()
    orders["mean"] = orders.groupby("store_id")["amount"].transform("mean")
    orders["above"] = np.where(orders["amount"] > orders["mean"], 1, 0)
    sizes = orders.groupby("store_id").size().reset_index(name="n")
    spread = orders.groupby("store_id").agg(
        low=("amount", "min"), high=("amount", "max"), above=("above", "sum")
    )
    spread["range"] = spread["high"] - spread["low"]
    return spread.reset_index().merge(sizes, on="store_id")
