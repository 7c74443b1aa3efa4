"""Python's own conditions around frames: texts, numbers, None, lists."""

from pyspark.sql import functions as F


def model(dbt, session):
    wanted = dbt.config.get("status")
    limit = dbt.config.get("limit", 100)
    orders = dbt.ref("orders")
    extra = F.col("quantity") > 1 if limit and not wanted else None
    if extra is not None:
        orders = orders.filter(extra)
    if "coupon" in orders.columns and len(orders.columns) > 3:
        orders = orders.drop("coupon")
    first = orders.first()
    if first is None or first["amount"] is None:
        return orders
    return orders.limit(limit) if limit > 0 else orders
