"""Columns that only the data knows."""

from pyspark.sql import functions as F


def model(dbt, session):
    wide = dbt.ref("orders").groupBy("store_id").pivot("status").count()
    for name in wide.columns[1:]:
        wide = wide.withColumnRenamed(name, f"n_{name}")
    return wide.fillna(0)
