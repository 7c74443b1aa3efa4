"""A method or module that may not be there, tried and asked for."""

from pyspark.sql import functions as F

try:
    import ujson as json
except ImportError:
    import json


def model(dbt, session):
    customers = dbt.ref("customers")
    try:
        counted = customers.no_such_method()
    except AttributeError:
        counted = customers.groupBy("country").count()
    if hasattr(counted, "offset"):
        counted = counted.withColumn("newer", F.lit(True))
    try:
        counted = counted.withColumn("again", F.col("not_there"))
    except Exception:
        counted = counted.withColumn("again", F.lit(json.dumps({"a": 1})))
    return counted
