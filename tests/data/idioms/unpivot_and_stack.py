"""Columns as rows, by a method and by SQL."""

from pyspark.sql import functions as F


def model(dbt, session):
    items = dbt.ref("items")
    long = items.unpivot(["order_id", "product_id"], ["price"], "what", "value")
    stacked = items.select(
        "order_id",
        "product_id",
        F.expr("stack(1, 'quantity', cast(quantity as double)) as (what, value)"),
    )
    return long.unionByName(stacked)
