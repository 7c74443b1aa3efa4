"""Merges of all sorts, a concat and a join on the index."""

import pandas as pd


def model(dbt, session):
    items = dbt.ref("items").toPandas()
    products = dbt.ref("products").toPandas()
    orders = dbt.ref("orders").select("order_id", "status").toPandas()
    merged = items.merge(
        products, how="left", on="product_id", suffixes=("", "_product"), indicator=True
    )
    merged = pd.merge(
        merged, orders, left_on="order_id", right_on="order_id", validate="many_to_one"
    )
    totals = merged.groupby("order_id")["price"].sum().to_frame("total")
    merged = merged.join(totals, on="order_id").drop(columns=["_merge", "active"])
    more = merged.head(1).assign(status="copy")
    return pd.concat([merged, more], ignore_index=True)
