"""Literals: numbers, texts, dates, decimals, lists, columns themselves."""

import datetime
from decimal import Decimal

from pyspark.sql import functions as F


def model(dbt, session):
    stores = dbt.ref("stores")
    for name, value in {
        "n": 1,
        "x": 1.5,
        "t": "text",
        "b": True,
        "d": datetime.date(2024, 1, 1),
    }.items():
        stores = stores.withColumn(name, F.lit(value))
    stores = stores.withColumn("m", F.lit(Decimal("1.50"))).withColumn("l", F.lit([1, 2]))
    stores = stores.withColumn("c", F.lit(F.col("city"))).withColumn(
        "nothing", F.lit(None).cast("string")
    )
    return stores.withColumn("added", F.col("n") + 1).withColumn("flipped", 10 - F.col("n"))
