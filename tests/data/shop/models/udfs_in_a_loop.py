"""Whether names hold some words, a function each."""

from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType

WORDS = {"ada": "first", "hopper": "second"}


def model(dbt, session):
    customers = dbt.ref("customers")
    orders = dbt.ref("orders")
    checks = {}
    for word in WORDS:
        checks[word] = F.udf(lambda name, word=word: word in (name or "").lower(), BooleanType())
    for word, column in WORDS.items():
        customers = customers.withColumn(column, checks[word](F.col("name")))
    twice = F.udf(lambda amount: None if amount is None else amount * 2, DoubleType())
    totals = orders.groupBy("customer_id").agg(F.sum("amount").alias("total"))
    result = customers.join(totals, "customer_id", "left").withColumn("twice", twice("total"))
    return result.select("customer_id", *WORDS.values(), "twice")
