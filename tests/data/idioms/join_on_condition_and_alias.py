"""A join on a condition, its columns by the aliases of the frames."""

from pyspark.sql import functions as F


def model(dbt, session):
    o = dbt.ref("orders").alias("o")
    c = dbt.ref("customers").alias("c")
    joined = o.join(c, F.col("o.customer_id") == F.col("c.customer_id"), "inner")
    return joined.select("o.order_id", "c.name", F.col("o.amount").alias("amount"))
