"""Prices with a vectorised function and one for each group."""

import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf


@pandas_udf("double")
def with_tax(prices: pd.Series) -> pd.Series:
    return prices * 1.19


def centred(group: pd.DataFrame) -> pd.DataFrame:
    group["off"] = group["price"] - group["price"].mean()
    return group[["order_id", "product_id", "off"]]


def model(dbt, session):
    items = dbt.ref("items")
    products = dbt.ref("products").filter(F.col("active") & (F.col("list_price") > 0))
    taxed = products.withColumn("gross", F.round(with_tax(F.col("list_price")), 2))
    offs = items.groupBy("product_id").applyInPandas(
        centred, "order_id int, product_id int, off double"
    )
    return taxed.join(offs, "product_id").select("product_id", "gross", "order_id", "off")
