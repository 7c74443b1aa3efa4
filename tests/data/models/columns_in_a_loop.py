"""One flag per product."""

from pyspark.sql import functions as F

PRODUCTS = ["book", "game", "film"]


def model(dbt, session):
    baskets = dbt.ref("baskets").cache()
    for product in PRODUCTS:
        baskets = baskets.withColumn(f"has_{product}", F.array_contains("products", product))
    flags = [F.max(f"has_{product}").alias(f"any_{product}") for product in PRODUCTS]
    return baskets.groupBy("customer_id").agg(*flags)
