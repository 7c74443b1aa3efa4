"""Sales by store with the pandas API on Spark."""

import pyspark.pandas as ps

ps.set_option("compute.ops_on_diff_frames", True)


def model(dbt, session):
    orders = dbt.ref("orders").pandas_api()
    stores = dbt.ref("stores").pandas_api()
    orders = orders[orders["status"] != "cancelled"]
    orders["amount"] = orders["amount"].fillna(0.0)
    sales = orders.groupby("store_id")["amount"].sum().reset_index()
    merged = sales.merge(stores, on="store_id", how="inner")
    merged = merged.rename(columns={"amount": "revenue"})
    return merged.sort_values("store_id").to_spark()
