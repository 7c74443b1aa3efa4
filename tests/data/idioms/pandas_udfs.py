"""Vectorised functions: series to series, to a value, over groups."""

import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf


@pandas_udf("double")
def taxed(prices: pd.Series) -> pd.Series:
    return prices * 1.2


@pandas_udf("double")
def middle(prices: pd.Series) -> float:
    return float(prices.median())


def top(group: pd.DataFrame) -> pd.DataFrame:
    return group.nlargest(1, "price")[["product_id", "price"]]


def model(dbt, session):
    items = dbt.ref("items")
    priced = (
        items.withColumn("taxed", taxed("price"))
        .groupBy("product_id")
        .agg(middle(F.col("price")).alias("middle"), middle("taxed").alias("middle_taxed"))
    )
    best = items.groupBy("product_id").applyInPandas(top, schema="product_id int, price double")
    return priced.join(best, "product_id")
