"""Cohorts of customers by month of their first order."""

import pandas as pd


def month_of(days):
    return pd.to_datetime(days).dt.strftime("%Y-%m")


def model(dbt, session):
    orders = dbt.ref("orders").select("order_id", "customer_id", "day").toPandas()
    customers = dbt.ref("customers").toPandas()
    orders = orders.dropna(subset=["customer_id"])
    orders["month"] = month_of(orders["day"])
    first = orders.groupby("customer_id")["month"].min().rename("cohort").reset_index()
    joined = pd.merge(orders, first, on="customer_id")
    joined = joined.merge(customers[["customer_id", "segment"]], on="customer_id", how="left")
    joined["segment"] = joined["segment"].fillna("none").str.upper()
    table = joined.pivot_table(
        index="cohort", columns="segment", values="order_id", aggfunc="count", fill_value=0
    )
    table.columns = [f"n_{name}" for name in table.columns]
    return table.reset_index()
