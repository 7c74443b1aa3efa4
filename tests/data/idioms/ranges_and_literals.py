"""Frames without an input: a range, a sequence of days."""

from pyspark.sql import functions as F


def model(dbt, session):
    days = session.range(1).select(
        F.explode(F.sequence(F.to_date(F.lit("2024-01-01")), F.to_date(F.lit("2024-01-05")))).alias(
            "day"
        )
    )
    return days.withColumn("n", F.dayofmonth("day")).crossJoin(session.range(0, 4, 2).toDF("k"))
