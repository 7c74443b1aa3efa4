"""What was paid for each order, and what is open."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    payments = dbt.ref("payments").withColumnRenamed("amount", "paid")
    paid = payments.groupBy("order_id").agg(F.sum("paid").alias("paid"))
    joined = orders.join(paid, orders.order_id == paid.order_id, "left").drop(paid.order_id)
    joined = joined.withColumn("open", F.col("amount") - F.coalesce(F.col("paid"), F.lit(0.0)))
    joined = joined.withColumn("late", (F.col("open") > 0) & (F.col("status") == "paid"))
    return joined.select("order_id", "customer_id", "amount", "paid", "open", "late")
