"""Customers without an order, and those with one."""

from pyspark.sql import functions as F


def model(dbt, session):
    customers = dbt.ref("customers")
    orders = dbt.ref("orders").select("customer_id").distinct()
    without = customers.join(orders, "customer_id", "left_anti").withColumn("has", F.lit(False))
    having = customers.join(orders, on=["customer_id"], how="leftsemi").withColumn(
        "has", F.lit(True)
    )
    return having.unionByName(without)
