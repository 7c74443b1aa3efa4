"""Columns and steps folded over a frame."""

from functools import reduce
from operator import add

from pyspark.sql import functions as F

NUMBERS = ["amount", "quantity"]


def model(dbt, session):
    orders = dbt.ref("orders")
    total = reduce(add, [F.coalesce(F.col(name), F.lit(0)) for name in NUMBERS])
    rounded = reduce(lambda df, name: df.withColumn(name, F.round(name, 1)), NUMBERS, orders)
    return rounded.withColumn("total", total)
