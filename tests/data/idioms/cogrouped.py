"""Two groupings, group by group in pandas."""

import pandas as pd


def both(orders: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    target = targets["target"].sum()
    store = (orders if len(orders) else targets)["store_id"].iloc[0]
    return pd.DataFrame({"store_id": [store], "gap": [float(orders["amount"].sum() - target)]})


def model(dbt, session):
    orders = dbt.ref("orders").groupBy("store_id")
    targets = dbt.ref("targets").groupBy("store_id")
    return orders.cogroup(targets).applyInPandas(both, "store_id int, gap double")
