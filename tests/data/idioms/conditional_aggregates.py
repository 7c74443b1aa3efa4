"""Counts and sums of what a condition holds for."""

from pyspark.sql import functions as F


def model(dbt, session):
    paid = F.col("status") == "paid"
    return (
        dbt.ref("orders")
        .groupBy("store_id")
        .agg(
            F.sum(F.when(paid, F.col("amount"))).alias("paid"),
            F.count(F.when(~paid, 1)).alias("others"),
            F.sum(paid.cast("int")).alias("n"),
            F.max(F.struct("day", "order_id")).alias("newest"),
            F.expr("count_if(coupon is not null)").alias("coupons"),
        )
        .select("*", "newest.order_id")
        .drop("newest")
    )
