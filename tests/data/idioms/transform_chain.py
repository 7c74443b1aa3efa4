"""Steps by transform, with arguments by partial, lambda and keywords."""

from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def cleaned(frame: DataFrame, column: str) -> DataFrame:
    return frame.where(F.col(column).isNotNull())


def scaled(by, frame):
    return frame.withColumn("amount", F.col("amount") * by)


def model(dbt, session):
    return (
        dbt.ref("orders")
        .transform(cleaned, "amount")
        .transform(cleaned, column="customer_id")
        .transform(partial(scaled, 2))
        .transform(lambda frame: frame.drop("coupon"))
    )
