"""Cases put together from a dictionary."""

from functools import reduce

from pyspark.sql import functions as F

BANDS = {"low": 10, "middle": 30, "high": 100}


def model(dbt, session):
    orders = dbt.ref("orders")
    band = F
    for name, limit in BANDS.items():
        band = band.when(F.col("amount") < limit, name)
    orders = orders.withColumn("band", band.otherwise("top"))
    known = reduce(lambda one, other: one | other, [F.col("band") == name for name in BANDS])
    return orders.filter(known)
