"""Customers that somebody should call, by rules that are conditions."""

from pyspark.sql import functions as F

SEGMENTS = ["gold", "silver"]


def model(dbt, session):
    customers = dbt.ref("customers")
    orders = dbt.ref("orders")
    last = orders.groupBy("customer_id").agg(
        F.max("day").alias("last_day"),
        F.sum(F.when((F.col("status") == "open") | (F.col("status") == "cancelled"), 1).otherwise(0)).alias("bad"),
    )
    joined = customers.join(last, on="customer_id", how="left")
    quiet = F.col("last_day").isNull() | (F.col("last_day") < F.lit("2024-06-01"))
    known = joined["email"].isNotNull() & (F.length("email") > 5)
    joined = joined.withColumn("quiet", quiet & known)
    joined = joined.withColumn("angry", (F.col("bad") >= 1) & ~F.col("segment").isin(SEGMENTS))
    joined = joined.withColumn(
        "why",
        F.when((F.col("bad") > 0) & (F.col("segment") == "gold"), F.lit("gold with trouble"))
        .when(~known, F.lit("no mail"))
        .otherwise(F.lit("none")),
    )
    joined = joined.filter((F.col("why") != "none") | F.col("quiet"))
    if joined.filter(F.col("country").isNull()).count() > 0:
        joined = joined.fillna({"country": "unknown"})
    return joined.select("customer_id", "name", "country", "why", "last_day")
