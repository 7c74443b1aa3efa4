"""Rows collected and used as Python's values."""

from pyspark.sql import functions as F


def model(dbt, session):
    rates = {row["currency"]: row.rate for row in dbt.ref("rates").collect()}
    top = dbt.ref("orders").agg(F.max("amount")).collect()[0][0]
    names = [row.name for row in dbt.ref("customers").select("name").orderBy("name").take(2)]
    count = dbt.ref("orders").count()
    fallback = rates.get("USD", 1.0)
    best = (
        dbt.ref("orders")
        .where(F.col("amount") == top)
        .select("order_id", F.lit(fallback).alias("rate"))
    )
    return best.withColumn("names", F.lit(", ".join(names))).withColumn("n", F.lit(count))
