"""A function that gives a struct, and one that takes an array."""

from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField, StructType

PARTS = StructType([StructField("first", StringType()), StructField("n", IntegerType())])


@F.udf(returnType=PARTS)
def parts(name):
    words = (name or "").split()
    return (words[0] if words else None, len(words))


@F.udf(ArrayType(IntegerType()))
def doubled(scores):
    return [score * 2 for score in scores or []]


def model(dbt, session):
    customers = dbt.ref("customers").withColumn("parts", parts("name"))
    events = dbt.ref("events").select("customer_id", doubled("scores").alias("doubled"))
    joined = customers.join(events, "customer_id", "left")
    return joined.select("customer_id", "parts.first", F.col("parts.n"), "doubled")
