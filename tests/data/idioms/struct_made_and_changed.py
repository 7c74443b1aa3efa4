"""A struct put together, a field of it replaced and dropped."""

from pyspark.sql import functions as F


def model(dbt, session):
    customers = dbt.ref("customers")
    packed = customers.select("customer_id", F.struct("name", "email", "country").alias("who"))
    packed = packed.withColumn("who", F.col("who").withField("country", F.upper("who.country")))
    packed = packed.withColumn("who", F.col("who").dropFields("email"))
    return packed.select("customer_id", "who.*")
