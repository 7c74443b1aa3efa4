"""Aggregates from a dictionary, and a star before a list."""

from pyspark.sql import functions as F

HOW = {"amount": F.sum, "quantity": F.max, "day": F.min}


def model(dbt, session):
    keys = ["store_id", "status"]
    aggregates = [how(name).alias(f"{how.__name__}_{name}") for name, how in HOW.items()]
    grouped = dbt.ref("orders").groupBy(*keys).agg(*aggregates)
    return grouped.orderBy(*[F.col(key).asc_nulls_first() for key in keys])
