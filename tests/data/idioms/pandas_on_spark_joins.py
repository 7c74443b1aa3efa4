"""Merges and groups of the pandas API on Spark, given back to Spark."""

import pyspark.pandas as ps
from pyspark.sql import functions as F


def model(dbt, session):
    items = dbt.ref("items").pandas_api(index_col=None)
    products = ps.DataFrame(dbt.ref("products").select("product_id", "title").pandas_api())
    merged = ps.merge(items, products, on="product_id", how="left")
    worth = merged.groupby("title").agg({"price": "max", "quantity": "sum"}).reset_index()
    spark_frame = worth.to_spark()
    return spark_frame.withColumn("total", F.col("price") * F.col("quantity"))
