"""Steps put behind each other by transform."""

from pyspark.sql import functions as F


def with_year(frame):
    return frame.withColumn("year", F.year("day"))


def only(status):
    def step(frame):
        return frame.filter(F.col("status") == status)

    return step


def per_year(frame):
    return frame.groupBy("year").agg(F.avg("amount").alias("mean"), F.count("*").alias("n"))


def model(dbt, session):
    orders = dbt.ref("orders")
    return orders.transform(only("paid")).transform(with_year).transform(per_year)
