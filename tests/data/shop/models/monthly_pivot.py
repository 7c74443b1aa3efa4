"""Revenue by region and month, months as columns."""

from pyspark.sql import functions as F

MONTHS = ["2024-01", "2024-02", "2024-03"]


def model(dbt, session):
    orders = dbt.ref("orders").join(dbt.ref("stores"), "store_id")
    orders = orders.withColumn("month", F.substring(F.col("day").cast("string"), 1, 7))
    wide = orders.groupBy("region").pivot("month", MONTHS).agg(F.sum("amount"))
    for month in MONTHS:
        wide = wide.withColumnRenamed(month, "m_" + month.replace("-", "_"))
    return wide.fillna(0)
