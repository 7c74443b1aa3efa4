"""Everything imported from functions, and none of Python's own names used that it hides."""

from pyspark.sql.functions import *
from pyspark.sql.types import *


def model(dbt, session):
    orders = dbt.ref("orders").withColumn("year", year(col("day")).cast(IntegerType()))
    totals = orders.groupBy("year").agg(
        sum("amount").alias("revenue"), max(col("day")).alias("last")
    )
    return totals.withColumn("rounded", round(col("revenue"), 1)).filter(abs(col("revenue")) > 1)
