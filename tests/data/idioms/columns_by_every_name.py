"""All ways to name a column."""

import pyspark.sql.functions as F
from pyspark.sql.functions import col, column, expr


def model(dbt, session):
    df = dbt.ref("orders")
    return df.select(
        "order_id",
        df.status,
        df["amount"],
        df[3].alias("s"),
        col("quantity"),
        column("coupon"),
        expr("day"),
        F.col("`store_id`"),
        df.colRegex("`ordered.*`"),
    ).select("*", (col("quantity") + 1).alias("more"))
