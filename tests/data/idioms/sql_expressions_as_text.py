"""Expressions as text in filter, selectExpr, expr, orderBy."""

from pyspark.sql import functions as F
from pyspark.sql.functions import expr


def model(dbt, session):
    orders = dbt.ref("orders").filter("status in ('paid', 'open') and coalesce(amount, 0) >= 0")
    orders = orders.selectExpr(
        "*", "quantity * 2 as twice", "concat('x', status) as `the status`", "1 as one"
    )
    orders = orders.withColumn("q", expr("case when twice > 4 then 'many' else 'few' end"))
    orders = orders.where(
        "`the status` like 'x%' and day between date'2024-01-01' and date'2025-01-01'"
    )
    return orders.drop("the status").orderBy(F.col("amount").desc_nulls_last(), "order_id")
