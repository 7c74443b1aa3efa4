"""Customers who did not order, and gold ones in any case."""

from pyspark.sql import functions as F


def model(dbt, session):
    customers = dbt.ref("customers")
    orders = dbt.ref("orders").filter(F.col("status") == "paid")
    idle = customers.join(orders, "customer_id", "left_anti")
    gold = customers.filter((customers.segment == "gold") & ~customers.email.isNull())
    chosen = idle.select("customer_id", "name").union(gold.select("customer_id", "name"))
    chosen = chosen.distinct()
    chosen = chosen.withColumn("mail", F.lower(F.concat_ws(".", F.split("name", " "))))
    if chosen.count() == 0:
        return session.createDataFrame([], chosen.schema)
    return chosen
