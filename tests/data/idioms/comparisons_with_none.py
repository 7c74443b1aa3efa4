"""None where Python means it, and NULL where Spark does."""

from pyspark.sql import functions as F


def model(dbt, session, *, extra=None):
    customers = dbt.ref("customers")
    if extra is None:
        extra = F.col("segment").isNull()
    row = customers.filter(F.col("email").isNull()).first()
    label = "none" if row is None or row["name"] is None else row["name"]
    value = None
    known = customers.withColumn("label", F.lit(label)).filter(
        extra | F.col("country").eqNullSafe(value)
    )
    return known.withColumn(
        "x", F.when(F.col("segment").isNull(), None).otherwise(F.col("segment"))
    )
