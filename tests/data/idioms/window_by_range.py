"""A sum over days before, as a range of seconds."""

from pyspark.sql import Window
from pyspark.sql import functions as F

DAYS = 86400


def model(dbt, session):
    orders = dbt.ref("orders").withColumn("second", F.col("ordered_at").cast("long"))
    near = Window.partitionBy("store_id").orderBy("second").rangeBetween(-30 * DAYS, 0)
    return orders.withColumn("recent", F.sum("amount").over(near)).drop("second")
