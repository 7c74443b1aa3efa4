"""Cases, with values of several kinds, nested and without an otherwise."""

from pyspark.sql import functions as F
from pyspark.sql.functions import col, when


def model(dbt, session):
    orders = dbt.ref("orders")
    size = when(col("amount") > 100, "large").when(col("amount") > 15, "middle").otherwise("small")
    orders = orders.withColumn("size", size)
    orders = orders.withColumn("vip", F.when(col("coupon") == "VIP", True))
    orders = orders.withColumn(
        "points",
        F.when(col("vip"), F.when(col("size") == "large", 2).otherwise(1)).otherwise(F.lit(0)),
    )
    return orders.withColumn(
        "value", F.when(col("amount").isNull(), col("quantity")).otherwise(col("amount"))
    )
