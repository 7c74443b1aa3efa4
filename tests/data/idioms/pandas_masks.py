"""Masks, isin, between, and what is not."""

import pandas as pd


def model(dbt, session):
    products = dbt.ref("products").toPandas()
    mask = products["category"].isin(["media", "home"]) & ~(products["list_price"] > 20)
    cheap = products[mask & products["list_price"].between(5, 15)].copy()
    cheap.loc[cheap["title"].str.startswith("B", na=False), "title"] = "begins with B"
    if cheap.empty or not len(cheap):
        return pd.DataFrame({"product_id": [0], "title": [""]})
    if mask.any() and (cheap["list_price"] > 0).all():
        cheap["checked"] = True
    return cheap[["product_id", "title"]]
