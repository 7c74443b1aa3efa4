"""Baskets in pandas."""

import numpy as np
import pandas as pd


def model(dbt, session):
    items = dbt.ref("items").toPandas()
    products = dbt.ref("products").select("product_id", "title", "category").toPandas()
    merged = items.merge(products, on="product_id", how="left")
    merged["value"] = merged["quantity"] * merged["price"]
    merged = merged[(merged["value"] > 5) & (merged["category"].notna())]
    merged["large"] = np.where(merged["value"] > 20, "yes", "no")
    result = merged.groupby("category", as_index=False).agg(
        value=("value", "sum"), orders=("order_id", "nunique")
    )
    result["share"] = (result["value"] / result["value"].sum()).round(4)
    return result.sort_values("value", ascending=False).reset_index(drop=True)
