"""The newest order of each customer."""

from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").where(F.col("customer_id").isNotNull())
    newest = Window.partitionBy("customer_id").orderBy(F.col("ordered_at").desc())
    ranked = orders.withColumn("place", F.row_number().over(newest))
    return ranked.filter(F.col("place") == 1).drop("place")
