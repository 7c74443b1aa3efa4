"""Orders in all ways, limits, samples, distinct rows."""

from pyspark.sql import functions as F
from pyspark.sql.functions import col, desc


def model(dbt, session):
    orders = dbt.ref("orders")
    one = orders.orderBy("day", ascending=False).limit(3)
    two = orders.sort(desc("amount"), col("order_id").asc()).limit(3)
    three = orders.orderBy(["store_id", "order_id"], ascending=[True, False]).limit(3)
    four = orders.orderBy(F.asc_nulls_last("coupon"), orders.day.desc()).limit(3)
    sampled = orders.sample(fraction=1.0, seed=7).sample(1.0)
    return one.union(two).union(three).union(four).intersect(sampled).distinct().coalesce(1)
