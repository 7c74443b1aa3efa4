"""From Spark to pandas and back, then joined on Spark."""

import pandas as pd
from pyspark.sql import functions as F


def model(dbt, session):
    stores = dbt.ref("stores")
    pdf = stores.select("store_id").toPandas()
    pdf["weight"] = pd.Series(range(len(pdf)), dtype="float64") / 2
    weights = session.createDataFrame(pdf)
    return stores.join(weights, "store_id").withColumn("weight", F.col("weight") + 1)
