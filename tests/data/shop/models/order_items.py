"""Items with their products and orders, joined on conditions."""

from pyspark.sql import functions as F


def model(dbt, session):
    items = dbt.ref("items").alias("i")
    products = dbt.ref("products").alias("p")
    orders = dbt.ref("orders").alias("o")
    joined = items.join(products, F.col("i.product_id") == F.col("p.product_id"), "left").join(
        orders, F.col("i.order_id") == F.col("o.order_id"), "inner"
    )
    return joined.select(
        F.col("i.order_id"),
        F.col("p.title").alias("title"),
        F.col("p.category"),
        (F.col("i.quantity") * F.col("i.price")).alias("value"),
        F.col("o.status"),
    )
