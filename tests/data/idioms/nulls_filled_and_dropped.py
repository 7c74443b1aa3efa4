"""NULLs: filled by value, by column, dropped by some columns, replaced."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = (
        dbt.ref("orders").na.drop(subset=["customer_id"]).fillna({"amount": 0.0, "coupon": "none"})
    )
    orders = orders.na.replace({"paid": "done", "open": "todo"}, subset=["status"])
    orders = orders.replace("none", "-", "coupon").na.fill(0)
    return orders.withColumn(
        "c", F.coalesce(F.when(F.col("coupon") != "-", F.col("coupon")), F.lit("no coupon"))
    )
