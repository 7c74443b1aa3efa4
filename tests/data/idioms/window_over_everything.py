"""A number for each row of all, and a window over nothing."""

from pyspark.sql import functions as F
from pyspark.sql.window import Window


def model(dbt, session):
    customers = dbt.ref("customers")
    customers = customers.withColumn("place", F.row_number().over(Window.orderBy("signup_day")))
    return customers.withColumn("total", F.count("*").over(Window.partitionBy()))
