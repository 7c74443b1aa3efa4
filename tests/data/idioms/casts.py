"""Types by name, by class, by constructor, in SQL."""

from pyspark.sql import functions as F
from pyspark.sql import types as T


def model(dbt, session):
    return dbt.ref("orders").select(
        F.col("order_id").cast("bigint").alias("a"),
        F.col("amount").cast("decimal(10, 2)").alias("b"),
        F.col("amount").cast(T.DecimalType(12, 4)).alias("c"),
        F.col("quantity").astype("string").alias("d"),
        F.col("day").cast(T.TimestampType()).alias("e"),
        F.lit(None).cast("double").alias("f"),
        F.expr("cast(amount as float)").alias("g"),
        F.array(F.col("order_id")).cast("array<string>").alias("h"),
        F.struct("order_id").cast("struct<id:bigint>").alias("i"),
    )
