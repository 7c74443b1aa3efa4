"""A small table of its own, with a date parsed by Python."""

from datetime import datetime, timedelta

from pyspark.sql import functions as F
from pyspark.sql.types import DateType, IntegerType, StringType, StructField, StructType

SCHEMA = StructType(
    [
        StructField("campaign", StringType(), True),
        StructField("store_id", IntegerType(), True),
        StructField("starts", DateType(), True),
    ]
)


def model(dbt, session):
    first = datetime.strptime("2024-01-01", "%Y-%m-%d").date()
    rows = [("spring", 1, first), ("autumn", 2, first + timedelta(days=240))]
    campaigns = session.createDataFrame(rows, SCHEMA)
    stores = dbt.ref("stores")
    result = campaigns.join(stores, on=["store_id"], how="left")
    result = result.withColumn("ends", F.date_add(F.col("starts"), 30))
    return result.select("campaign", "city", "starts", "ends")
