"""Whether stores reached their targets."""

from pyspark.sql.functions import coalesce, col, date_format, lit, sum as sum_, when


def model(dbt, session):
    orders = dbt.ref("orders").withColumn("month", date_format(col("day"), "yyyy-MM"))
    revenue = orders.groupBy("store_id", "month").agg(sum_(col("amount")).alias("revenue"))
    targets = dbt.ref("targets")
    joined = targets.join(revenue, ["store_id", "month"], "left")
    joined = joined.withColumn("revenue", coalesce(col("revenue"), lit(0.0)))
    return joined.withColumn(
        "state",
        when(col("revenue") >= col("target"), lit("reached"))
        .when(col("revenue") > 0, lit("begun"))
        .otherwise(lit("nothing")),
    ).drop("month")
