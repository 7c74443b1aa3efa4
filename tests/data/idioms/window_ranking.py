"""Ranks in several ways."""

from pyspark.sql import Window
from pyspark.sql import functions as F


def model(dbt, session):
    by_amount = Window.partitionBy("store_id").orderBy(F.col("amount").desc_nulls_last())
    orders = dbt.ref("orders")
    return orders.select(
        "order_id",
        F.row_number().over(by_amount).alias("number"),
        F.rank().over(by_amount).alias("rank"),
        F.dense_rank().over(by_amount).alias("dense"),
        F.ntile(2).over(by_amount).alias("half"),
        F.percent_rank().over(by_amount).alias("percent"),
    )
