"""Sorted and filtered by columns that a select did not keep."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    return orders.select("order_id", "status").where(orders.amount > 10).orderBy(orders.day.desc())
