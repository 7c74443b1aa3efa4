"""Expressions as text."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").where("status != 'open'")
    priced = orders.selectExpr(
        "order_id",
        "store_id",
        "coalesce(amount, 0) as amount",
        "case when quantity > 2 then 'many' else 'few' end as size",
    )
    priced = priced.withColumn("net", F.expr("round(amount / 1.19, 2)"))
    return priced.withColumn("net_text", F.col("net").cast("decimal(10,2)").cast("string"))
