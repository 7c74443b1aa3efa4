from pyspark.sql import functions as F


def model(dbt, spark):
    dbt.config(materialized="python_model", file_format="iceberg")
    frame = spark.createDataFrame([(1, "ann", 3), (2, "bob", 5)], ["id", "customer", "points"])
    return frame.withColumn("score", F.col("points") * F.lit(2))
