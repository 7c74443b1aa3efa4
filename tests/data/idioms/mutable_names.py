"""Names used again for other kinds of values, one after the other."""

from pyspark.sql import functions as F


def model(dbt, session):
    result = dbt.ref("orders")
    col = "amount"
    result = result.filter(F.col(col) > 1)
    result = result.toPandas()
    result["double"] = result[col] * 2
    result = session.createDataFrame(result[["order_id", "double"]])
    max = 50
    result, total = result.where(result.double < max), result.count()
    return result.withColumn("total", F.lit(total))
