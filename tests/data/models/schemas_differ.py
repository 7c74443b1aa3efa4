"""Two returns, two shapes."""

from pyspark.sql import functions as F


def model(dbt, session):
    sales = dbt.ref("sales").groupBy("shop").agg(F.sum("amount").alias("total"), F.count("id"))
    if dbt.config.get("detail", False):
        return sales.withColumnRenamed("total", "revenue")
    return sales.drop("count(id)")
