"""Patterns as Java has them, in both directions."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").select(
        "order_id",
        F.date_format("day", "yyyy-MM-dd").alias("iso"),
        F.date_format(F.col("ordered_at"), "dd.MM.yyyy HH:mm:ss").alias("shown"),
        F.date_format("day", "MMM d, yyyy").alias("long"),
        F.date_format("day", "E").alias("weekday"),
        F.date_format("day", "D").alias("of_year"),
        F.from_unixtime(F.unix_timestamp("ordered_at"), "yyyyMMdd'T'HHmmss").alias("compact"),
    )
    return orders.withColumn("back", F.to_date("iso", "yyyy-MM-dd")).withColumn(
        "at", F.to_timestamp("shown", "dd.MM.yyyy HH:mm:ss")
    )
